import { jsonEqual } from '@croft/foundation/json';
import { readKey } from '@croft/foundation/json-keys';
import type { FieldType } from '@croft/schema/field-type';
import { type FieldSet, type FieldSetDraft, insertPath } from './field-set.ts';
import { fieldElement, itemElement } from './path-elements.ts';
import { childType } from './strategic-directives.ts';
import { isEmptyValue, walkOf } from './value-shape.ts';

/** The fields in which two objects of one type differ. */
export interface Comparison {
  readonly added: FieldSet;
  readonly removed: FieldSet;
  readonly modified: FieldSet;
}

interface Walker {
  readonly path: string[];
  readonly added: FieldSetDraft;
  readonly removed: FieldSetDraft;
  readonly modified: FieldSetDraft;
}

/**
 * Compares as structured-merge-diff does: a map that comes or goes counts itself besides its fields, an atomic value
 * counts as one. Parts that are the same object on both sides are not looked into.
 */
export function compareFields(before: unknown, after: unknown, type: FieldType): Comparison {
  const walker: Walker = { path: [], added: {}, removed: {}, modified: {} };
  compare(walker, before, after, type);
  return walker;
}

function compare(walker: Walker, before: unknown, after: unknown, type: FieldType): void {
  if (before === after) return;
  const sample = isEmptyValue(after) && before !== undefined ? before : after;
  const walk = isEmptyValue(before) && isEmptyValue(after) ? 'leaf' : walkOf(type, sample);
  if (walk === 'leaf' || !sameWalk(type, before, after)) compareLeaf(walker, before, after);
  else {
    if (walk === 'map') compareMaps(walker, asMap(before), asMap(after), type);
    else compareLists(walker, asList(before), asList(after), type);
    if (before === undefined) insertPath(walker.added, walker.path);
    else if (after === undefined) insertPath(walker.removed, walker.path);
  }
}

function sameWalk(type: FieldType, before: unknown, after: unknown): boolean {
  return isEmptyValue(before) || isEmptyValue(after) || walkOf(type, before) === walkOf(type, after);
}

function compareLeaf(walker: Walker, before: unknown, after: unknown): void {
  if (before === undefined) insertPath(walker.added, walker.path);
  else if (after === undefined) insertPath(walker.removed, walker.path);
  else if (!jsonEqual(before, after)) insertPath(walker.modified, walker.path);
}

function compareMaps(walker: Walker, before: object, after: object, type: FieldType): void {
  for (const key in before) compareKey(walker, key, before, after, type);
  for (const key in after) if (!Object.hasOwn(before, key)) compareKey(walker, key, before, after, type);
}

function compareKey(walker: Walker, key: string, before: object, after: object, type: FieldType): void {
  const left = readKey(before, key);
  const right = readKey(after, key);
  if (left === right) return;
  walker.path.push(fieldElement(key));
  compare(walker, left, right, childType(type, key));
  walker.path.pop();
}

function compareLists(walker: Walker, before: readonly unknown[], after: readonly unknown[], type: FieldType): void {
  const left = groupItems(type, before);
  const right = groupItems(type, after);
  for (const [element, items] of left) compareItems(walker, element, items, right.get(element) ?? [], type);
  for (const [element, items] of right) if (!left.has(element)) compareItems(walker, element, [], items, type);
}

/** An element that a list has twice is compared as one value. */
function compareItems(walker: Walker, element: string, left: unknown[], right: unknown[], type: FieldType): void {
  walker.path.push(element);
  const itemType = type.element as FieldType;
  if (left.length <= 1 && right.length <= 1) compare(walker, left[0], right[0], itemType);
  else if (left.length >= 2 && right.length >= 2) {
    if (!jsonEqual(left, right)) insertPath(walker.modified, walker.path);
  } else if (left.length >= 2) {
    if (right.length > 0) compare(walker, undefined, right[0], itemType);
    insertPath(walker.removed, walker.path);
  } else {
    if (left.length > 0) compare(walker, left[0], undefined, itemType);
    insertPath(walker.added, walker.path);
  }
  walker.path.pop();
}

function groupItems(type: FieldType, items: readonly unknown[]): Map<string, unknown[]> {
  const groups = new Map<string, unknown[]>();
  for (const item of items) {
    const element = itemElement(type, item);
    if (typeof element !== 'string') continue;
    const group = groups.get(element);
    if (group === undefined) groups.set(element, [item]);
    else group.push(item);
  }
  return groups;
}

function asMap(value: unknown): object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
