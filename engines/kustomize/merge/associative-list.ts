import { getField, setField } from '../yaml/fields.ts';
import { isNull, makeNode, makeScalar, type Node } from '../yaml/node.ts';
import { elementValues, findElement, setElement } from './list-elements.ts';
import type { MergePlace } from './merge-place.ts';
import type { MergeSchema } from './merge-schema.ts';

/** A list whose schema is known, and how to merge its elements. */
interface ListPlace extends MergePlace {
  readonly schema: MergeSchema;
  readonly merge: (place: MergePlace) => Node | undefined;
}

/** Merges lists whose elements are known by keys, or by themselves where there are none. `into` takes the elements. */
export function mergeAssociativeList(into: Node, place: ListPlace): Node | undefined {
  const sources = { target: into, patch: place.patch };
  const { keys } = place.schema;
  const known = keys.length > 0 ? keyedValues(sources, keys) : primitiveValues(sources);
  const names = keys.length > 0 ? keys : [''];
  const values = names.length > 1 ? joinValues(known) : known;
  const added = makeNode('sequence');
  let usedKeys: readonly string[] = names;
  for (const item of values) {
    const used = useKeys(values, item, names);
    usedKeys = used.keys;
    const merged = mergeElement(sources, used, place);
    if (merged === undefined || isNull(merged) || isEmptyMap(merged)) {
      setElement(into, undefined, used.keys, used.values);
    } else {
      addMissingKeys(merged, used);
      setElement(added, merged, used.keys, used.values);
    }
  }
  if (values.length === 0) return into;
  appendElements(added, into, usedKeys);
  return added;
}

interface Sources {
  readonly target: Node;
  readonly patch: Node | undefined;
}

interface UsedKeys {
  readonly keys: readonly string[];
  readonly values: readonly string[];
}

/** The patch's elements come first. */
function keyedValues({ target, patch }: Sources, keys: readonly string[]): string[][] {
  const seen = new Set<string>();
  return [...elementValues(patch, keys), ...elementValues(target, keys)].filter((values) => {
    const text = JSON.stringify(values);
    return values.length > 0 && !seen.has(text) && seen.add(text) !== undefined;
  });
}

function primitiveValues({ target, patch }: Sources): string[][] {
  return [...new Set([...(patch?.content ?? []), ...target.content].map((item) => item.value))].map((value) => [value]);
}

/** Elements that agree in the keys that both have are taken for one. */
function joinValues(list: string[][]): string[][] {
  const result = [...list];
  for (const i of result.keys()) {
    for (const j of result.keys()) {
      const joined = joinPair(result[i] ?? [], result[j] ?? []);
      if (joined !== undefined) result[i] = result[j] = joined;
    }
  }
  return result;
}

function joinPair(a: readonly string[], b: readonly string[]): string[] | undefined {
  if (a.length !== b.length) return undefined;
  if (a.some((value, i) => value !== '' && b[i] !== '' && value !== b[i])) return undefined;
  if (!a.some((value, i) => value === b[i])) return undefined;
  return a.map((value, i) => (value !== '' ? value : (b[i] ?? '')));
}

/** Leaves out keys that no element has. */
function useKeys(list: readonly string[][], values: readonly string[], keys: readonly string[]): UsedKeys {
  const used = keys.map((_, i) => list.some((item) => item[i] !== undefined && item[i] !== ''));
  if (!used.includes(true)) return { keys, values };
  return {
    keys: keys.filter((_, i) => used[i]),
    values: values.filter((value, i) => value !== '' || used[i]),
  };
}

function mergeElement({ target, patch }: Sources, used: UsedKeys, place: ListPlace): Node | undefined {
  const { keys, values } = useKeys([[...used.values]], used.values, used.keys);
  return place.merge({
    target: findElement(target, keys, values),
    patch: findElement(patch, keys, values),
    schema: place.schema.elements(),
    findSchema: place.findSchema,
  });
}

function addMissingKeys(element: Node, { keys, values }: UsedKeys): void {
  for (const [i, key] of keys.entries()) {
    const value = values[i] ?? '';
    if (key !== '' && value !== '' && getField(element, key) === undefined) setField(element, key, makeScalar(value));
  }
}

function isEmptyMap(node: Node): boolean {
  return node.kind === 'mapping' && node.content.length === 0;
}

/** Puts the elements of a list behind those that are there; the later of two with equal keys takes the earlier one's place. */
function appendElements(list: Node, more: Node, keys: readonly string[]): void {
  for (const item of more.content) {
    if (keys[0] === '' || keys.length === 0) {
      setElement(list, item, [''], [item.value]);
      continue;
    }
    const values: string[] = [];
    for (const key of keys) {
      const field = getField(item, key);
      if (field === undefined) list.content.push(item);
      else values.push(field.value);
    }
    if (keys.length > 1) setElement(list, undefined, keys, values);
    setElement(list, item, keys, values);
  }
}
