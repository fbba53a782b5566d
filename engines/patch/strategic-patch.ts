import { isJsonObject } from '@croft/foundation/json';
import { readKey, setKey, withKey, withoutKey } from '@croft/foundation/json-keys';
import type { FieldType } from '@croft/schema/field-type';
import { badPatch, failedPatch } from './patch-error.ts';
import {
  childType,
  type Dict,
  deleteListDirective,
  directive,
  directiveTarget,
  orderDirective,
  retainKeys,
  retainKeysDirective,
  settleValue,
} from './strategic-directives.ts';
import { mergeLists, removeItems, requireList, serverOrderOf, validateOrderList } from './strategic-lists.ts';
import { orderItems } from './strategic-order.ts';

/**
 * Kubernetes' strategic merge patch with all its directives (k8s.io/apimachinery/pkg/util/strategicpatch). Throws
 * StatusError on a patch that cannot be. The inputs stay as they are; the result shares with them what did not change.
 */
export function applyStrategicPatch<T>(original: T, patch: unknown, type: FieldType): T {
  if (!isJsonObject(patch)) throw badPatch('invalid JSON document');
  return mergeMaps(isJsonObject(original) ? original : {}, patch, type) as T;
}

function mergeMaps(original: Dict, patch: Dict, type: FieldType): Dict {
  const order = readKey(patch, directive);
  if (order !== undefined) return obeyMapDirective(order, patch);
  let result = retainKeys(original, patch);
  const done = new Set<string>([retainKeysDirective]);
  const keys = Object.keys(patch);
  for (const key of keys) {
    if (!key.startsWith(orderDirective)) continue;
    result = mergeOrderedList(result, patch, key, type, done);
    done.add(key);
  }
  for (const key of keys) {
    if (!done.has(key)) result = mergeKey(result, key, readKey(patch, key), type);
  }
  return result;
}

function obeyMapDirective(order: unknown, patch: Dict): Dict {
  if (order === 'delete') return {};
  if (order === 'replace') return withoutKey(patch, directive);
  throw failedPatch(`unknown patch type: ${String(order)} in a map`);
}

function mergeKey(original: Dict, key: string, value: unknown, type: FieldType): Dict {
  if (key.startsWith(deleteListDirective)) return deleteFromList(original, key, value);
  if (value === null) return withoutKey(original, key);
  const before = readKey(original, key);
  const after = mergeValue(before, value, childType(type, key));
  if (after === before) return original;
  return after === undefined ? withoutKey(original, key) : withKey(original, key, after);
}

function mergeValue(before: unknown, value: unknown, type: FieldType): unknown {
  if (Array.isArray(before) && Array.isArray(value)) return mergeLists(before, value, type, mergeMaps);
  if (isJsonObject(before) && isJsonObject(value)) {
    return type.patchStrategies.includes('replace') ? value : mergeMaps(before, value, type);
  }
  return settleValue(value, true);
}

function deleteFromList(original: Dict, key: string, removed: unknown): Dict {
  const target = directiveTarget(key, deleteListDirective);
  const list = readKey(original, target);
  if (!Array.isArray(list) || !Array.isArray(removed)) return original;
  return withKey(original, target, removeItems(list, removed));
}

/** Carries out one `$setElementOrder/key` together with the patch's list of that key, and notes the key as done. */
function mergeOrderedList(original: Dict, patch: Dict, key: string, type: FieldType, done: Set<string>): Dict {
  const order = requireList(readKey(patch, key));
  const target = directiveTarget(key, orderDirective);
  const listType = childType(type, target);
  const before = readKey(original, target);
  const change = readKey(patch, target);
  if (before === undefined && change === undefined) return original;
  const live = before === undefined ? [] : requireList(before);
  const wanted = change === undefined ? [] : requireList(change);
  validateOrderList(wanted, order, listType.patchMergeKey);
  done.add(target);
  const merged =
    before === undefined
      ? (settleValue(wanted, false) as unknown[])
      : change === undefined
        ? live
        : mergeLists(live, wanted, listType, mergeMaps);
  const copy = { ...original };
  setKey(copy, target, orderItems(merged, order, serverOrderOf(live, wanted, listType), listType.patchMergeKey));
  return copy;
}
