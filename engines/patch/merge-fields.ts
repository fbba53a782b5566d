import { isJsonObject } from '@croft/foundation/json';
import { readKey, setKey } from '@croft/foundation/json-keys';
import type { FieldType } from '@croft/schema/field-type';
import { itemElement } from './path-elements.ts';
import { childType } from './strategic-directives.ts';
import { isEmptyValue, walkOf } from './value-shape.ts';

/** The live value with an applied configuration laid over it; shares with both what it can. */
export function mergeFields<T>(live: T, applied: unknown, type: FieldType): T {
  return merge(live, applied, type) as T;
}

function merge(live: unknown, applied: unknown, type: FieldType): unknown {
  if (applied === undefined || live === applied) return live;
  if (live === undefined) return applied;
  if (isEmptyValue(live) && isEmptyValue(applied)) return applied;
  const walk = walkOf(type, isEmptyValue(applied) ? live : applied);
  if (walk === 'map') return mergeMaps(live, applied, type);
  if (walk === 'list') return mergeLists(live, applied, type);
  return applied;
}

function mergeMaps(live: unknown, applied: unknown, type: FieldType): unknown {
  if (!isJsonObject(live)) return applied;
  if (!isJsonObject(applied)) return live;
  let result: object = live;
  for (const key of Object.keys(applied)) {
    const before = readKey(live, key);
    const after = merge(before, readKey(applied, key), childType(type, key));
    if (after === before) continue;
    if (result === live) result = { ...live };
    setKey(result, key, after);
  }
  return result;
}

function mergeLists(live: unknown, applied: unknown, type: FieldType): unknown {
  if (!Array.isArray(live)) return applied;
  if (!Array.isArray(applied)) return live;
  const right = namedItems(type, applied);
  const left = namedItems(type, live);
  const merged = orderMerged(left.names, right.names, (name) => {
    const before = left.items.get(name);
    return right.items.has(name) ? merge(before, right.items.get(name), type.element as FieldType) : before;
  });
  return merged.length === live.length && merged.every((item, index) => item === live[index]) ? live : merged;
}

interface NamedItems {
  readonly names: readonly string[];
  readonly items: ReadonlyMap<string, unknown>;
}

function namedItems(type: FieldType, list: readonly unknown[]): NamedItems {
  const names: string[] = [];
  const items = new Map<string, unknown>();
  for (const item of list) {
    const element = itemElement(type, item);
    if (typeof element !== 'string') continue;
    names.push(element);
    items.set(element, items.has(element) ? undefined : item);
  }
  return { names, items };
}

/**
 * Items of both lists in one order: that of the applied list, with the live list's own items kept after the shared
 * item that they followed.
 */
function orderMerged(left: readonly string[], right: readonly string[], take: (name: string) => unknown): unknown[] {
  const inLeft = new Set(left);
  const inRight = new Set(right);
  const shared = right.filter((name) => inLeft.has(name));
  const merged = new Set<string>();
  const result: unknown[] = [];
  let nextShared = 0;
  let l = 0;
  let r = 0;
  const put = (name: string) => {
    const item = take(name);
    if (item !== undefined) result.push(item);
  };
  while (l < left.length || r < right.length) {
    const leftName = left[l];
    const rightName = right[r];
    if (leftName !== undefined && rightName !== undefined) {
      if (leftName === rightName) {
        merged.add(leftName);
        put(leftName);
        l += 1;
        r += 1;
        nextShared += 1;
        continue;
      }
      const wanted = shared[nextShared];
      if (inRight.has(leftName) && wanted !== undefined && wanted !== leftName) {
        l += 1;
        continue;
      }
    }
    if (leftName !== undefined) {
      if (!inRight.has(leftName)) {
        put(leftName);
        l += 1;
        continue;
      }
      if (merged.has(leftName)) l += 1;
    }
    if (rightName !== undefined) {
      merged.add(rightName);
      put(rightName);
      r += 1;
      if (shared[nextShared] === rightName) nextShared += 1;
    }
  }
  return result;
}
