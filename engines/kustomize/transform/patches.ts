import { errorMessage } from '@croft/foundation/errors';
import type { Patch } from '../kustomization/kustomization.ts';
import type { FindSchema } from '../merge/merge-schema.ts';
import { annotationKeys } from '../resource/build-annotations.ts';
import { readResources } from '../resource/read-resources.ts';
import { enableFlag, originalId, type Resource, storePreviousId } from '../resource/resource.ts';
import { formatId } from '../resource/resource-id.ts';
import type { ResourceList } from '../resource/resource-list.ts';
import { fullSelector, type Selector, selectResources } from '../resource/selector.ts';
import { type Loader, loadText } from '../source/loader.ts';
import { type JsonOperations, parseJsonPatch, patchObject } from './json-patch.ts';
import { mergePatch, mergePatchInto } from './merge-patch.ts';

/** A patch that has been read: objects to merge, or operations. Neither when it is empty. */
export interface ReadPatch {
  readonly objects: readonly Resource[];
  readonly operations: JsonOperations | undefined;
  readonly target: Selector | undefined;
  /** Where it stands, for errors. */
  readonly source: string;
}

/** Reads an entry of `patches`: from its text or file, whatever sort of patch it is. */
export function readPatch(patch: Patch, loader: Loader, config: string): ReadPatch {
  const { text, source } = readPatchText(patch, loader, config);
  const objects = attempt(() => readResources(text));
  const operations = attempt(() => parseJsonPatch(text));
  const objectList = objects instanceof Error ? [] : objects;
  if (objectList.length > 0 && !(operations instanceof Error) && operations.length > 0) {
    throw new Error(`illegally qualifies as both an SM and JSON patch: ${source}`);
  }
  if (objects instanceof Error && operations instanceof Error) {
    throw new Error(`unable to parse SM or JSON patch from ${source}`);
  }
  for (const { node } of objectList) {
    if (patch.options?.allowNameChange === true) enableFlag(node, annotationKeys.allowNameChange);
    if (patch.options?.allowKindChange === true) enableFlag(node, annotationKeys.allowKindChange);
  }
  return {
    objects: objectList,
    operations: objects instanceof Error && !(operations instanceof Error) ? operations : undefined,
    target: patch.target === undefined ? undefined : fullSelector(patch.target),
    source,
  };
}

function attempt<T>(run: () => T): T | Error {
  try {
    return run();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function readPatchText(patch: Patch, loader: Loader, config: string): { text: string; source: string } {
  const text = (patch.patch ?? '').trim();
  const path = patch.path ?? '';
  if (text === '' && path === '') throw new Error(`must specify one of patch and path in\n${config}`);
  if (text !== '' && path !== '') throw new Error(`patch and path can't be set at the same time\n${config}`);
  if (text !== '') return { text, source: `[patch: ${JSON.stringify(text)}]` };
  try {
    return { text: loadText(loader, path), source: `[path: ${JSON.stringify(path)}]` };
  } catch (error) {
    throw new Error(`failed to get the patch file from path(${path}): ${errorMessage(error)}`);
  }
}

/** Applies a patch of `patches`. Throws when it fits nothing that it names, or does not apply. */
export function applyPatch(list: ResourceList, patch: ReadPatch, findSchema: FindSchema): void {
  if (patch.operations !== undefined) return applyOperations(list, patch, patch.operations);
  const [only, ...more] = patch.objects;
  if (only === undefined) return;
  if (patch.target === undefined) return applyByName(list, patch.objects, findSchema);
  if (more.length > 0) {
    throw new Error(
      `Multiple Strategic-Merge Patches in one \`patches\` entry is not allowed to set \`patches.target\` field: ${patch.source}`,
    );
  }
  mergePatchInto(list, select(list, patch.target), only, findSchema);
}

function select(list: ResourceList, target: Selector): Resource[] {
  try {
    return selectResources(list.items, target);
  } catch (error) {
    const id = `${formatId(target)}:a=${target.annotationSelector}:l=${target.labelSelector}`;
    throw new Error(`unable to find patch target ${JSON.stringify(id)} in \`resources\`: ${errorMessage(error)}`);
  }
}

function applyByName(list: ResourceList, objects: readonly Resource[], findSchema: FindSchema): void {
  for (const object of objects) {
    const id = originalId(object.node);
    let target: Resource;
    try {
      target = list.getForPatch(id);
    } catch (error) {
      const name = JSON.stringify(formatId(id));
      throw new Error(`no resource matches strategic merge patch ${name}: ${errorMessage(error)}`);
    }
    mergePatch(target, object.node, findSchema);
  }
}

function applyOperations(list: ResourceList, patch: ReadPatch, operations: JsonOperations): void {
  if (patch.target === undefined) throw new Error(`must specify a target for JSON patch ${patch.source}`);
  for (const { node } of selectResources(list.items, patch.target)) {
    storePreviousId(node);
    patchObject(node, operations);
  }
}
