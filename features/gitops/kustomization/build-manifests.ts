import { readdir, stat } from 'node:fs/promises';
import { basename, join, normalize } from 'node:path';
import { configMaps, secrets } from '@croft/api/kinds';
import { formatKey, keyOf, type ObjectKey, type UnknownObject } from '@croft/api/object';
import type { Client } from '@croft/client/client';
import { ReasonedError, StalledError, WaitingError } from '@croft/controller/outcome';
import { errorMessage } from '@croft/foundation/errors';
import { buildFluxWith, type FluxBuildOptions, type FluxBuildResult } from '@croft/kustomize/build-flux';
import type { PostBuild } from '@croft/kustomize/flux/post-build';
import type { FetchRemote } from '@croft/kustomize/source/remote';
import { openDecryptedSource } from '../decryption/decrypt-sources.ts';
import { type Decryption, openDecryption } from '../decryption/decryption.ts';
import { type Manifest, readManifests } from '../manifests/read-manifests.ts';
import { applyPrescriptionsLayout, layoutAnnotation, prescriptionsLayout } from './prescribed-folder.ts';
import type { Kustomization, KustomizationSpec, SubstituteReference } from './types.ts';

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
 * neither asks for more; or in the older layout; decrypted where the spec says how. Throws ReasonedError, StalledError,
 * WaitingError.
 */
export async function buildManifests(
  { client, fetchRemote }: { client: Client; fetchRemote: FetchRemote },
  { metadata }: Kustomization,
  spec: KustomizationSpec,
  root: string,
): Promise<Manifest[]> {
  const folder = normalize(spec.path ?? './').replace(/^(\.\/|\/)+|\/+$/g, '') || '.';
  if (folder.split('/').includes('..'))
    throw new StalledError('ArtifactFailed', `spec.path ${JSON.stringify(folder)} leads out of the source`);
  await requireFolder(root, folder);
  const namespace = metadata?.namespace ?? 'default';
  const variables = await readVariables(client, spec, { namespace });
  const decryption = spec.decryption && (await openDecryption(client, spec.decryption, namespace));
  try {
    if (metadata?.annotations?.[layoutAnnotation] === prescriptionsLayout) {
      const manifests = await decryptAll(await readManifests(root, folder), decryption);
      return await applyPrescriptionsLayout(client, { metadata, root, folder }, manifests);
    }
    const isPlain =
      buildFields.every((field) => spec[field] === undefined) && !(await hasKustomizationFile(join(root, folder)));
    if (isPlain) return await decryptAll(await readManifests(root, folder), decryption);
    const options = { root, path: folder, spec, postBuild: postBuildOf(spec, variables) };
    const { objects } = await build(options, fetchRemote, decryption);
    return objects.map((object) => ({ object: object as Manifest['object'], file: folder }));
  } catch (error) {
    throw new ReasonedError('BuildFailed', errorMessage(error).replaceAll(`${root}/`, ''), { cause: error });
  }
}

async function requireFolder(root: string, folder: string): Promise<void> {
  const found = await stat(join(root, folder)).catch(() => undefined);
  if (found?.isDirectory()) return;
  const problem = found === undefined ? 'does not exist in the source' : 'is a file of the source, not a folder';
  throw new ReasonedError(
    'ArtifactFailed',
    `kustomization path not found: the folder ${folder} of spec.path ${problem}`,
  );
}

/** Strict as in kustomize-controller 1.9: a variable without a value and without a default is an error. */
function postBuildOf({ postBuild }: KustomizationSpec, variables: ReadonlyMap<string, string>): PostBuild {
  return { variables, strict: true, always: postBuild?.substituteStrategy === 'Always' };
}

async function build(
  options: FluxBuildOptions,
  fetchRemote: FetchRemote,
  decryption: Decryption | undefined,
): Promise<FluxBuildResult> {
  if (decryption === undefined) return await buildFluxWith(options, { fetchRemote });
  const reader = await openDecryptedSource(options.root, options.path, decryption);
  const change = (object: UnknownObject) => decryptObject(object, decryption);
  return await buildFluxWith({ ...options, reader }, { fetchRemote, change });
}

async function decryptAll(manifests: readonly Manifest[], decryption: Decryption | undefined): Promise<Manifest[]> {
  if (decryption === undefined) return [...manifests];
  const open = async ({ object, file }: Manifest): Promise<Manifest> => {
    const opened = await decryptObject(object, decryption);
    return { file, object: (opened ?? object) as Manifest['object'] };
  };
  return await Promise.all(manifests.map(open));
}

async function decryptObject(object: UnknownObject, decryption: Decryption): Promise<UnknownObject | undefined> {
  try {
    return await decryption.decryptObject(object);
  } catch (error) {
    const name = `${object.kind}/${formatKey(keyOf(object))}`;
    throw new Error(`decryption failed for '${name}': ${errorMessage(error)}`, { cause: error });
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
  { postBuild }: KustomizationSpec,
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
    throw new WaitingError('BuildFailed', `substituteFrom: the ${kind} ${namespace}/${name} does not exist`, 30_000);
  }
  const entries = Object.entries(found.data ?? {});
  return Object.fromEntries(
    entries.map(([variable, value]) => [
      variable,
      kind === 'Secret' ? Buffer.from(value, 'base64').toString('utf8') : value,
    ]),
  );
}
