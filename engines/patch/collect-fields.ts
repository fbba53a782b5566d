import { readKey } from '@croft/foundation/json-keys';
import type { FieldType } from '@croft/schema/field-type';
import { emptySet, type FieldSet, type FieldSetDraft, isEmptySet } from './field-set.ts';
import { fieldElement, itemElement } from './path-elements.ts';
import { childType } from './strategic-directives.ts';
import { isEmptyValue, walkOf } from './value-shape.ts';

/** The fields that a configuration names: leaves, list items, keys of free maps, and maps that are empty or null. */
export function collectFields(value: object, type: FieldType): FieldSet {
  return collectMap(value, type);
}

/** The node of a value; undefined when nothing in it is a field. `own` makes the path itself a member. */
function collect(value: unknown, type: FieldType, own: boolean): FieldSet | undefined {
  const walk = value === null ? 'leaf' : walkOf(type, value);
  if (walk === 'leaf') return emptySet;
  const children = Array.isArray(value)
    ? collectList(value, type)
    : typeof value === 'object' && value !== null
      ? collectMap(value, type)
      : emptySet;
  if (!isEmptySet(children)) return own ? { '.': emptySet, ...children } : children;
  return own || (walk === 'map' && isEmptyValue(value)) ? emptySet : undefined;
}

function collectMap(value: object, type: FieldType): FieldSet {
  const set: FieldSetDraft = {};
  for (const key of Object.keys(value)) {
    const node = collect(readKey(value, key), childType(type, key), !type.fields.has(key));
    if (node !== undefined) set[fieldElement(key)] = node;
  }
  return set;
}

function collectList(items: readonly unknown[], type: FieldType): FieldSet {
  const set: FieldSetDraft = {};
  for (const item of items) {
    const element = itemElement(type, item);
    const node = typeof element === 'string' ? collect(item, type.element as FieldType, true) : undefined;
    if (typeof element === 'string' && node !== undefined) set[element] = node;
  }
  return set;
}
