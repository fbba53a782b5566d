import { isJsonObject, type JsonObject, jsonEqual } from '@croft/foundation/json';
import { readKey, setKey } from '@croft/foundation/json-keys';
import { anyType, type FieldType } from '@croft/schema/field-type';
import { diffMaps } from './strategic-diff.ts';
import {
  childType,
  type Dict,
  directiveTarget,
  hasDirective,
  type List,
  orderDirective,
} from './strategic-directives.ts';
import { identityOf, sortByOrder } from './strategic-order.ts';

/**
 * The patch that kubectl and Helm send: it brings `current` (the live object) to `modified` (the new manifest) and
 * removes what `original` (the manifest before) had and `modified` no longer has. With a type it is a strategic merge
 * patch, without one a JSON merge patch. Empty when there is nothing to do.
 */
export function createThreeWayPatch(
  original: JsonObject,
  modified: JsonObject,
  current: JsonObject,
  type?: FieldType,
): JsonObject {
  if (type === undefined) {
    const added = keepOrDropNulls(createMergePatch(current, modified), false);
    const removed = keepOrDropNulls(createMergePatch(original, modified), true);
    return joinMaps(removed, added, anyType) as JsonObject;
  }
  const changes = diffMaps(current, modified, type, 'changes');
  const removals = diffMaps(original, modified, type, 'removals');
  return joinMaps(removals, changes, type) as JsonObject;
}

/** The patch of RFC 7386 that makes `modified` of `original`. */
export function createMergePatch(original: Dict, modified: Dict): Dict {
  const patch: Dict = {};
  for (const key of Object.keys(modified)) {
    const before = readKey(original, key);
    const after = readKey(modified, key);
    if (isJsonObject(before) && isJsonObject(after)) {
      const below = createMergePatch(before, after);
      if (Object.keys(below).length > 0) setKey(patch, key, below);
    } else if (!Object.hasOwn(original, key) || !jsonEqual(before, after)) setKey(patch, key, after);
  }
  for (const key of Object.keys(original)) if (!Object.hasOwn(modified, key)) setKey(patch, key, null);
  return patch;
}

/** Only what a patch sets to null, or all but that. Values of lists stay as they are. */
function keepOrDropNulls(patch: Dict, keeps: boolean): Dict {
  const result: Dict = {};
  for (const key of Object.keys(patch)) {
    const value = readKey(patch, key);
    if (value === null) {
      if (keeps) setKey(result, key, null);
    } else if (isJsonObject(value)) {
      const below = keepOrDropNulls(value, keeps);
      if (Object.keys(below).length > 0 || (!keeps && Object.keys(value).length === 0)) setKey(result, key, below);
    } else if (!keeps) setKey(result, key, value);
  }
  return result;
}

/** Two patches in one; where both set a key, the second is right. */
function joinMaps(first: Dict, second: Dict, type: FieldType): Dict {
  const joined: Dict = { ...first };
  for (const key of Object.keys(second)) {
    setKey(joined, key, joinValues(readKey(first, key), readKey(second, key), key, type));
  }
  for (const key of Object.keys(joined)) if (key.startsWith(orderDirective)) orderList(joined, key, type);
  return joined;
}

/** A patch list must come in the order that the patch asks for, with deletions at its end. */
function orderList(patch: Dict, key: string, type: FieldType): void {
  const target = directiveTarget(key, orderDirective);
  const list = readKey(patch, target);
  const order = readKey(patch, key);
  if (!Array.isArray(list) || !Array.isArray(order)) return;
  const items = list.filter((item) => !hasDirective(item));
  const deletions = list.filter(hasDirective);
  setKey(patch, target, [...sortByOrder(items, order, childType(type, target).patchMergeKey), ...deletions]);
}

function joinValues(first: unknown, second: unknown, key: string, type: FieldType): unknown {
  const below = childType(type, key);
  if (isJsonObject(first) && isJsonObject(second)) return joinMaps(first, second, below);
  const mergesMaps = below.patchStrategies.includes('merge') && below.patchMergeKey !== undefined;
  if (!Array.isArray(first) || !Array.isArray(second) || !mergesMaps || key.startsWith(orderDirective)) return second;
  return joinLists(first, second, below);
}

/** Changes come in the second patch's order, then the first patch's own changes, then deletions. */
function joinLists(first: List, second: List, type: FieldType): List {
  const key = type.patchMergeKey;
  const changes = new Map(second.map((item) => [identityOf(item, key), item as Dict]));
  const rest: unknown[] = [];
  for (const item of first as Dict[]) {
    const change = changes.get(identityOf(item, key));
    if (change === undefined) rest.push(item);
    else changes.set(identityOf(item, key), joinMaps(item, change, type.element ?? anyType));
  }
  return [...changes.values(), ...rest];
}
