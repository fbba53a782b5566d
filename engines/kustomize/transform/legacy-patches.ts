import { encodeJson } from '@croft/encoding/json/encode';
import { errorMessage } from '@croft/foundation/errors';
import { readValue } from '../kustomization/decode.ts';
import type { Patch } from '../kustomization/kustomization.ts';
import type { FindSchema } from '../merge/merge-schema.ts';
import { readResources } from '../resource/read-resources.ts';
import { originalId, type Resource } from '../resource/resource.ts';
import type { ResourceList } from '../resource/resource-list.ts';
import { fullSelector, selectResources } from '../resource/selector.ts';
import { type Loader, loadText } from '../source/loader.ts';
import { type JsonOperations, parseJsonPatch, patchObject } from './json-patch.ts';
import { mergePatchInto } from './merge-patch.ts';

/** Reads entries of `patchesStrategicMerge`: each is a patch, or the file of one. */
export function readMergePatches(entries: readonly string[], text: string, loader: Loader): Resource[] {
  if (entries.length === 0 && text === '') throw new Error('empty file path and empty patch content');
  const patches = entries.flatMap((entry) => readEntry(entry, loader));
  if (text !== '') patches.push(...readResources(text));
  if (patches.length > 0) return patches;
  throw new Error(`patch appears to be empty; files=[${entries.join(' ')}], Patch=${text}`);
}

function readEntry(entry: string, loader: Loader): Resource[] {
  try {
    return readResources(entry);
  } catch {
    // It is no patch, so it is the path of one.
    const text = loadText(loader, entry);
    try {
      return readResources(text);
    } catch (error) {
      throw inFile(error, entry);
    }
  }
}

/** Names the file in which YAML could not be read. */
export function inFile(error: unknown, path: string): Error {
  const text = errorMessage(error);
  return text.includes('MalformedYAMLError') ? new Error(`${text} in File: ${path}`) : new Error(text);
}

export function applyMergePatches(list: ResourceList, patches: readonly Resource[], findSchema: FindSchema): void {
  for (const patch of patches) {
    const target = list.getForPatch(originalId(patch.node));
    mergePatchInto(list, [target], patch, findSchema);
  }
}

export interface LegacyJsonPatch {
  readonly target: ReturnType<typeof fullSelector>;
  readonly operations: JsonOperations;
}

/** Reads an entry of `patchesJson6902`. Throws when it lacks something. */
export function readLegacyJsonPatch({ path = '', patch = '', target }: Patch, loader: Loader): LegacyJsonPatch {
  if (target?.name === undefined || target.name === '') throw new Error('must specify the target name');
  if (path === '' && patch === '') throw new Error('empty file path and empty jsonOp');
  if (path !== '' && patch !== '') throw new Error('must specify a file path or jsonOp, not both');
  const text = path === '' ? patch : loadText(loader, path);
  if (text === '') throw new Error(`patch file '${path}' empty seems to be empty`);
  const json = text.startsWith('[') ? text : encodeJson(readValue(text));
  const operations = decodeOperations(json);
  if (operations.length === 0) throw new Error(`patch appears to be empty; file=${path}, JsonOp=${json}`);
  return { target: fullSelector(target), operations };
}

function decodeOperations(text: string): JsonOperations {
  try {
    return parseJsonPatch(text);
  } catch (error) {
    throw new Error(`decoding ${text}: ${errorMessage(error)}`);
  }
}

export function applyLegacyJsonPatch(list: ResourceList, { target, operations }: LegacyJsonPatch): void {
  for (const { node } of selectResources(list.items, target)) patchObject(node, operations);
}
