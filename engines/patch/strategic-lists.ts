import { isJsonObject } from '@croft/foundation/json';
import { readKey } from '@croft/foundation/json-keys';
import { anyType, type FieldType } from '@croft/schema/field-type';
import { badPatch, failedPatch } from './patch-error.ts';
import { type Dict, directive, hasDirective, type List } from './strategic-directives.ts';
import { identityOf, orderItems } from './strategic-order.ts';

type MergeMaps = (original: Dict, patch: Dict, type: FieldType) => Dict;

/** A list after its patch: merged where the type says `merge`, else replaced. */
export function mergeLists(original: List, patch: List, type: FieldType, mergeMaps: MergeMaps): List {
  return type.patchStrategies.includes('merge') ? mergeItems(original, patch, type, mergeMaps) : patch;
}

export function removeItems(original: List, removed: List): List {
  return original.filter((item) => !removed.includes(item));
}

function mergeItems(original: List, patch: List, type: FieldType, mergeMaps: MergeMaps): List {
  if (patch.length === 0) return original;
  const sample = original[0] ?? patch[0];
  const ofMaps = isJsonObject(sample);
  if ([...original, ...patch].some((item) => isJsonObject(item) !== ofMaps)) {
    throw failedPatch('list element types are not identical');
  }
  if (Array.isArray(sample)) throw failedPatch('lists of lists are not supported');
  if (!ofMaps) return orderItems([...new Set([...original, ...patch])], patch, original, undefined);
  const key = type.patchMergeKey;
  if (key === undefined) throw failedPatch(`cannot merge lists without merge key for ${type.name ?? 'this list'}`);
  const { kept, additions } = obeyDirectives(original, patch, key);
  const merged = mergeByKey(kept, additions, key, type.element ?? anyType, mergeMaps);
  return orderItems(merged, additions, kept, key);
}

/** Carries out `$patch: delete` and `$patch: replace` items; `additions` is the patch without them. */
function obeyDirectives(original: List, patch: List, key: string): { kept: List; additions: List } {
  const additions = patch.filter((item) => !hasDirective(item));
  if (additions.length === patch.length) return { kept: original, additions };
  let kept = original;
  let replaces = false;
  for (const item of patch) {
    if (!isJsonObject(item) || !hasDirective(item)) continue;
    const what = item[directive];
    if (what === 'replace') replaces = true;
    else if (what === 'delete') kept = withoutItem(kept, identityOf(item, key), key);
    else if (what === 'merge') throw failedPatch('merging lists cannot yet be specified in the patch');
    else throw failedPatch(`unknown patch type: ${String(what)} in a list`);
  }
  return replaces ? { kept: additions, additions: [] } : { kept, additions };
}

function withoutItem(list: List, identity: unknown, key: string): List {
  return list.filter((item) => !isJsonObject(item) || readKey(item, key) !== identity);
}

/**
 * The order of the live list that `$setElementOrder` goes by. Where the patch deletes items, Kubernetes looks at the list
 * after that: what follows has moved up in it, and added items stand in the places that became free.
 */
export function serverOrderOf(live: List, patch: List, type: FieldType): List {
  const key = type.patchMergeKey;
  if (key === undefined || !type.patchStrategies.includes('merge') || !patch.some(hasDirective)) return live;
  const { kept, additions } = obeyDirectives(live, patch, key);
  if (kept.length === live.length) return live;
  const present = new Set(kept.map((item) => identityOf(item, key)));
  const added = additions.filter((item) => !present.has(identityOf(item, key)));
  // More than fits goes into a new list, which is not looked at.
  return [...kept, ...added, ...live.slice(kept.length + added.length)].slice(0, live.length);
}

function mergeByKey(original: List, patch: List, key: string, type: FieldType, mergeMaps: MergeMaps): List {
  const merged = [...original];
  for (const item of patch) {
    const identity = identityOf(item, key);
    const at = merged.findIndex((candidate) => isJsonObject(candidate) && readKey(candidate, key) === identity);
    if (at < 0) merged.push(item);
    else merged[at] = mergeMaps(merged[at] as Dict, item as Dict, type);
  }
  return merged;
}

/** The items of a patch list must come in the order that `$setElementOrder` gives, and all be named there. */
export function validateOrderList(patch: List, order: List, key: string | undefined): void {
  const items = patch.filter((item) => !hasDirective(item));
  if (order.length === 0 || items.length === 0) return;
  let next = 0;
  for (const item of order) {
    if (next < items.length && identityOf(items[next], key) === identityOf(item, key)) next += 1;
  }
  if (next < items.length) {
    throw failedPatch(
      `The order in patch list:\n${JSON.stringify(patch)}\n doesn't match $setElementOrder list:\n${JSON.stringify(order)}\n`,
    );
  }
}

export function requireList(value: unknown): List {
  if (!Array.isArray(value)) throw badPatch('invalid patch format of setElementOrder list');
  return value;
}
