import type { Container, Pod, Volume } from '@croft/api/types';
import { ConfigError } from '../pod/config-error.ts';
import { type PodFacts, resolveFieldRef, resolveResourceFieldRef } from '../pod/field-refs.ts';
import type { ProjectedFile } from './write-projection.ts';

/** Where the contents of volumes come from. Undefined: there is no such object. */
export interface FileSources {
  findConfigMapFiles(name: string): Promise<ReadonlyMap<string, Buffer> | undefined>;
  findSecretFiles(name: string): Promise<ReadonlyMap<string, Buffer> | undefined>;
  fetchToken(audience: string | undefined, expirationSeconds: number): Promise<string>;
}

type Source = NonNullable<NonNullable<Volume['projected']>['sources']>[number];
type Items = readonly { key: string; path: string; mode?: number }[];

const usualMode = 0o644;

/** Whether a volume holds files that Croft writes. */
export function isProjection(volume: Volume): boolean {
  return (volume.configMap ?? volume.secret ?? volume.projected ?? volume.downwardAPI) !== undefined;
}

/** The files of a configMap, secret, projected or downwardAPI volume. Throws ConfigError. */
export async function collectFiles(
  pod: Pod,
  volume: Volume,
  facts: PodFacts,
  sources: FileSources,
): Promise<ProjectedFile[]> {
  const { configMap, secret, projected, downwardAPI } = volume;
  const mode = (configMap ?? secret ?? projected ?? downwardAPI)?.defaultMode ?? usualMode;
  const list = [...(projected?.sources ?? [])];
  if (configMap !== undefined) list.push({ configMap });
  if (secret !== undefined) {
    const { secretName, ...rest } = secret;
    list.push({ secret: { ...rest, ...(secretName === undefined ? {} : { name: secretName }) } });
  }
  if (downwardAPI !== undefined) list.push({ downwardAPI });
  const files = new Map<string, ProjectedFile>();
  for (const source of list) {
    for (const file of await collectSource(pod, source, mode, facts, sources)) {
      validatePath(file.path);
      files.set(file.path, file);
    }
  }
  return [...files.values()];
}

async function collectSource(
  pod: Pod,
  { configMap, secret, downwardAPI, serviceAccountToken }: Source,
  mode: number,
  facts: PodFacts,
  sources: FileSources,
): Promise<ProjectedFile[]> {
  if (configMap !== undefined) {
    const data = await sources.findConfigMapFiles(configMap.name ?? '');
    return pickItems('configmap', configMap, data, mode);
  }
  if (secret !== undefined) {
    return pickItems('secret', secret, await sources.findSecretFiles(secret.name ?? ''), mode);
  }
  if (serviceAccountToken !== undefined) {
    const { audience, expirationSeconds = 3600, path } = serviceAccountToken;
    return [{ path, mode: 0o644, data: Buffer.from(await sources.fetchToken(audience, expirationSeconds)) }];
  }
  return (downwardAPI?.items ?? []).map((item) => ({
    path: item.path,
    mode: item.mode ?? mode,
    data: Buffer.from(
      item.fieldRef !== undefined
        ? resolveFieldRef(pod, item.fieldRef.fieldPath, facts)
        : resolveContainerResource(pod, item.resourceFieldRef, facts),
    ),
  }));
}

function resolveContainerResource(
  pod: Pod,
  ref: { containerName?: string; resource: string; divisor?: string } | undefined,
  facts: PodFacts,
): string {
  const all: Container[] = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
  const container = all.find(({ name }) => name === ref?.containerName);
  if (ref === undefined || container === undefined) throw new ConfigError(`container ${ref?.containerName} not found`);
  return resolveResourceFieldRef(container, ref, facts);
}

function pickItems(
  what: string,
  ref: { name?: string; items?: Items; optional?: boolean },
  data: ReadonlyMap<string, Buffer> | undefined,
  mode: number,
): ProjectedFile[] {
  if (data === undefined) {
    if (ref.optional) return [];
    throw new ConfigError(`${what} "${ref.name}" not found`);
  }
  if (ref.items === undefined) return [...data].map(([path, content]) => ({ path, data: content, mode }));
  return ref.items.flatMap((item) => {
    const content = data.get(item.key);
    if (content !== undefined) return [{ path: item.path, data: content, mode: item.mode ?? mode }];
    if (ref.optional) return [];
    throw new ConfigError(`references non-existent ${what === 'secret' ? 'secret' : 'config'} key: ${item.key}`);
  });
}

function validatePath(path: string): void {
  if (path.startsWith('/') || path.split('/').includes('..')) {
    throw new ConfigError(`path ${JSON.stringify(path)} leads out of the volume`);
  }
}
