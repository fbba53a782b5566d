import { readdir } from 'node:fs/promises';
import { basename, join, normalize } from 'node:path';
import { configMaps, secrets } from '@croft/api/kinds';
import type { ObjectKey } from '@croft/api/object';
import type { Client } from '@croft/client/client';
import { ReasonedError, StalledError, WaitingError } from '@croft/controller/outcome';
import { errorMessage } from '@croft/foundation/errors';
import { buildFluxKustomization } from '@croft/kustomize/build-flux';
import { type Manifest, readManifests } from '../manifests/read-manifests.ts';
import { applyPrescriptionsLayout, layoutAnnotation, prescriptionsLayout } from './prescribed-folder.ts';
import type { Kustomization, SubstituteReference } from './types.ts';

type Spec = NonNullable<Kustomization['spec']>;

const kustomizationFiles = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];
/** Fields of the spec that change what is built. */
const buildFields = [
  'targetNamespace',
  'namePrefix',
  'nameSuffix',
  'patches',
  'images',
  'components',
  'postBuild',
  'buildMetadata',
] as const;

/**
 * The objects of a Kustomization's folder: built by its kustomization file and spec as Flux does, or just read where
 * neither asks for more; or in the older layout. Throws ReasonedError, StalledError, WaitingError.
 */
export async function buildManifests(
  client: Client,
  { metadata }: Kustomization,
  spec: Spec,
  root: string,
): Promise<Manifest[]> {
  const folder = normalize(spec.path ?? './').replace(/^(\.\/|\/)+|\/+$/g, '') || '.';
  if (folder.split('/').includes('..'))
    throw new StalledError('ArtifactFailed', `spec.path ${JSON.stringify(folder)} leads out of the source`);
  const variables = await readVariables(client, spec, { namespace: metadata?.namespace });
  try {
    if (metadata?.annotations?.[layoutAnnotation] === prescriptionsLayout) {
      return await applyPrescriptionsLayout(client, { metadata, root, folder }, await readManifests(root, folder));
    }
    const isPlain =
      buildFields.every((field) => spec[field] === undefined) && !(await hasKustomizationFile(join(root, folder)));
    if (isPlain) return await readManifests(root, folder);
    const { objects } = buildFluxKustomization({ root, path: folder, spec, postBuild: { variables } });
    return objects.map((object) => ({ object: object as Manifest['object'], file: folder }));
  } catch (error) {
    throw new ReasonedError('BuildFailed', errorMessage(error).replaceAll(`${root}/`, ''), { cause: error });
  }
}

/** Whether there is one anywhere below: a folder with one stands for what it builds. */
async function hasKustomizationFile(folder: string): Promise<boolean> {
  const names = await readdir(folder, { recursive: true }).catch(() => []); // a missing folder is told of by its reader
  return names.some((name) => kustomizationFiles.includes(basename(name)));
}

/** The variables of `postBuild`: those of `substituteFrom` in their order, then `substitute` over them. */
async function readVariables(
  client: Client,
  { postBuild }: Spec,
  from: Pick<ObjectKey, 'namespace'>,
): Promise<Map<string, string>> {
  const variables = new Map<string, string>();
  for (const reference of postBuild?.substituteFrom ?? []) {
    for (const [name, value] of Object.entries(await readReference(client, reference, from)))
      variables.set(name, value);
  }
  for (const [name, value] of Object.entries(postBuild?.substitute ?? {})) variables.set(name, value);
  return variables;
}

async function readReference(
  client: Client,
  { kind, name, optional }: SubstituteReference,
  { namespace }: Pick<ObjectKey, 'namespace'>,
): Promise<Record<string, string>> {
  const key = { namespace, name };
  const found = kind === 'Secret' ? await client.find(secrets, key) : await client.find(configMaps, key);
  if (found === undefined) {
    if (optional) return {};
    throw new WaitingError('BuildFailed', `substituteFrom: the ${kind} ${namespace}/${name} does not exist`);
  }
  const entries = Object.entries(found.data ?? {});
  return Object.fromEntries(
    entries.map(([variable, value]) => [
      variable,
      kind === 'Secret' ? Buffer.from(value, 'base64').toString('utf8') : value,
    ]),
  );
}
