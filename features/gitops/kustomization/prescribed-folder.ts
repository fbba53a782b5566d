import { secrets } from '@croft/api/kinds';
import type { UnknownObject } from '@croft/api/object';
import type { Secret } from '@croft/api/types';
import type { Client } from '@croft/client/client';
import type { Manifest } from '../manifests/read-manifests.ts';
import { intervalAnnotation } from '../older-release/types.ts';
import { listPrescribed } from './prescribed-releases.ts';
import type { Kustomization } from './types.ts';

/**
 * The older way of working, as the OpenAppStack design has it: the sub-directory of the watched folder names the
 * namespace, and each HelmRelease has a Secret `<name>-settings` there whose key `enabled` says whether it is installed
 * and whose key `values.yaml` is merged into its values. A Kustomization asks for it with this annotation.
 */
export const layoutAnnotation = 'kustomize.croft.dev/layout';
export const prescriptionsLayout = 'prescriptions';

export const settingsSuffix = '-settings';

const helmReleaseGroups = ['helm.toolkit.fluxcd.io/', 'helm.fluxcd.io/'];

/** How often a release is compared with what is installed, where its file does not say it; 20 minutes when left out. */
export const releaseIntervalAnnotation = 'kustomize.croft.dev/release-interval';
const defaultReleaseInterval = '20m';

export interface PrescribedFolder {
  /** The Kustomization that asks for the layout. */
  metadata: NonNullable<Kustomization['metadata']>;
  /** The folder of the source's files, and the watched folder in it. */
  root: string;
  folder: string;
}

/** The manifests as this layout means them: with namespaces, enabled HelmReleases only, settings merged; and a list of all. */
export async function applyPrescriptionsLayout(
  client: Client,
  { metadata, root, folder }: PrescribedFolder,
  manifests: readonly Manifest[],
): Promise<Manifest[]> {
  const placed = manifests.map((manifest) => placeInNamespace(folder, manifest));
  const namespaces = new Set(
    placed.map(({ object }) => object.metadata?.namespace).filter((name) => name !== undefined),
  );
  const kept: Manifest[] = [...namespaces].sort().map((name) => namespaceManifest(name));
  const releases = placed.filter(({ object }) => isHelmRelease(object));
  kept.push(await listPrescribed({ namespace: metadata.namespace, name: String(metadata.name) }, root, releases));
  const interval = metadata.annotations?.[releaseIntervalAnnotation] ?? defaultReleaseInterval;
  for (const manifest of placed) {
    if (!isHelmRelease(manifest.object)) kept.push(manifest);
    else if (await isEnabled(client, manifest.object))
      kept.push({ ...manifest, object: withSettings(withInterval(manifest.object, interval)) });
  }
  return kept;
}

function placeInNamespace(folder: string, manifest: Manifest): Manifest {
  const below = manifest.file.startsWith(`${folder}/`) ? manifest.file.slice(folder.length + 1) : manifest.file;
  const [directory, ...rest] = below.split('/');
  if (rest.length === 0 || directory === undefined || manifest.object.metadata?.namespace !== undefined)
    return manifest;
  return {
    ...manifest,
    object: { ...manifest.object, metadata: { ...manifest.object.metadata, namespace: directory } },
  };
}

function namespaceManifest(name: string): Manifest {
  const annotations = { 'kustomize.toolkit.fluxcd.io/prune': 'disabled' };
  return { file: `${name}/`, object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name, annotations } } };
}

export function isHelmRelease(object: UnknownObject): boolean {
  return object.kind === 'HelmRelease' && helmReleaseGroups.some((group) => object.apiVersion?.startsWith(group));
}

async function isEnabled(client: Client, object: UnknownObject): Promise<boolean> {
  const { namespace, name } = object.metadata ?? {};
  const secret = await client.find(secrets, { namespace, name: `${name}${settingsSuffix}` });
  return secret !== undefined && readEnabled(secret);
}

/** The settings Secret's key `enabled`: the text `true`. */
export function readEnabled(secret: Secret): boolean {
  return (
    Buffer.from(secret.data?.enabled ?? '', 'base64')
      .toString('utf8')
      .trim() === 'true'
  );
}

/** What the file says counts. */
function withInterval<T extends UnknownObject>(object: T, interval: string): T {
  const { metadata, spec = {} } = object as { metadata?: UnknownObject['metadata']; spec?: { interval?: string } };
  if (!object.apiVersion?.startsWith('helm.toolkit.')) {
    const annotations = { [intervalAnnotation]: interval, ...metadata?.annotations };
    return { ...object, metadata: { ...metadata, annotations } };
  }
  return spec.interval === undefined ? { ...object, spec: { ...spec, interval } } : object;
}

function withSettings<T extends UnknownObject>(object: T): T {
  const name = `${object.metadata?.name}${settingsSuffix}`;
  const spec = (object.spec ?? {}) as { valuesFrom?: { name?: string; secretKeyRef?: { name?: string } }[] };
  const valuesFrom = spec.valuesFrom ?? [];
  if (valuesFrom.some((reference) => reference.name === name || reference.secretKeyRef?.name === name)) return object;
  const settings = { kind: 'Secret', name, valuesKey: 'values.yaml', optional: true };
  return { ...object, spec: { ...spec, valuesFrom: [...valuesFrom, settings] } };
}
