import { isJsonObject, jsonEqual } from '@croft/foundation/json';
import { readKey, setKey } from '@croft/foundation/json-keys';
import { anyType, type FieldType } from '@croft/schema/field-type';
import {
  childType,
  type Dict,
  deleteListDirective,
  directive,
  type List,
  orderDirective,
  retainKeysDirective,
} from './strategic-directives.ts';
import { identityOf, sortByOrder } from './strategic-order.ts';

/** What a diff looks for: removals only, or changes and additions only. */
export type DiffPart = 'removals' | 'changes' | 'all';

/** A strategic merge patch from `original` to `modified`, or the asked part of it; empty when there is none. */
export function diffMaps(original: Dict, modified: Dict, type: FieldType, part: DiffPart, retains = false): Dict {
  const patch: Dict = {};
  for (const key of Object.keys(modified)) {
    const before = readKey(original, key);
    const after = readKey(modified, key);
    if (!Object.hasOwn(original, key)) {
      if (part !== 'removals') setKey(patch, key, after);
    } else diffKey(patch, key, before, after, childType(type, key), part);
  }
  const removed = Object.keys(original).filter((key) => !Object.hasOwn(modified, key));
  if (part !== 'changes') for (const key of removed) setKey(patch, key, null);
  if (retains && (Object.keys(patch).length > 0 || removed.length > 0)) {
    const kept = Object.keys(modified).filter((key) => readKey(modified, key) !== null);
    if (kept.length > 0) patch[retainKeysDirective] = kept.sort();
  }
  return patch;
}

function diffKey(patch: Dict, key: string, before: unknown, after: unknown, type: FieldType, part: DiffPart): void {
  const retains = type.patchStrategies.includes('retainKeys');
  if (isJsonObject(before) && isJsonObject(after) && type.patchStrategies.includes('replace')) {
    if (part !== 'removals') setKey(patch, key, after); // as Kubernetes has it: also when nothing changed
  } else if (isJsonObject(before) && isJsonObject(after)) {
    const below = diffMaps(before, after, type, part, retains);
    if (Object.keys(below).length > 0) setKey(patch, key, below);
  } else if (Array.isArray(before) && Array.isArray(after) && type.patchStrategies.includes('merge')) {
    diffLists(patch, key, before, after, type, part);
  } else if (part !== 'removals' && !jsonEqual(before, after)) setKey(patch, key, after);
}

function diffLists(patch: Dict, key: string, before: List, after: List, type: FieldType, part: DiffPart): void {
  if (before.length === 0) {
    if (after.length > 0 && part !== 'removals') setKey(patch, key, after);
    return;
  }
  if (isJsonObject(before[0] ?? after[0])) diffListsOfMaps(patch, key, before, after, type, part);
  else diffListsOfScalars(patch, key, before, after, part);
}

function diffListsOfScalars(patch: Dict, key: string, before: List, after: List, part: DiffPart): void {
  const added = part === 'removals' ? [] : after.filter((item) => !before.includes(item));
  const removed = part === 'changes' ? [] : [...new Set(before.filter((item) => !after.includes(item)))];
  if (added.length > 0) setKey(patch, key, added);
  if (removed.length > 0) patch[`${deleteListDirective}/${key}`] = removed;
  const reordered = part !== 'removals' && !jsonEqual(before, after);
  if (removed.length > 0 || reordered) patch[`${orderDirective}/${key}`] = after;
}

function diffListsOfMaps(patch: Dict, key: string, before: List, after: List, type: FieldType, part: DiffPart): void {
  const mergeKey = type.patchMergeKey ?? '';
  const retains = type.patchStrategies.includes('retainKeys');
  const old = new Map(before.map((item) => [identityOf(item, mergeKey), item as Dict]));
  const kept = new Set(after.map((item) => identityOf(item, mergeKey)));
  const changes: unknown[] = [];
  for (const item of after as Dict[]) {
    const identity = identityOf(item, mergeKey);
    const known = old.get(identity);
    if (known === undefined) {
      if (part !== 'removals') changes.push(item);
      continue;
    }
    const change = diffMaps(known, item, type.element ?? anyType, part, retains);
    if (Object.keys(change).length > 0) changes.push({ ...change, [mergeKey]: identity });
  }
  const items = sortByOrder(changes, after, mergeKey);
  if (part !== 'changes') {
    for (const identity of old.keys())
      if (!kept.has(identity)) items.push({ [directive]: 'delete', [mergeKey]: identity });
  }
  const identities = (list: List) => list.map((item) => identityOf(item, mergeKey));
  const reordered = part !== 'removals' && !jsonEqual(identities(before), identities(after));
  if (items.length > 0) setKey(patch, key, items);
  if (items.length > 0 || reordered) {
    patch[`${orderDirective}/${key}`] = after.map((item) => ({ [mergeKey]: identityOf(item, mergeKey) }));
  }
}
