import { goFunction, variadicFunction } from '@croft/gotemplate/functions';
import { ANY, ANY_MAP, STRING } from '@croft/gotemplate/type';
import { GoMap, GoPointer, GoSlice, GoStruct, NilMap, sortedKeys, typeName, type Value } from '@croft/gotemplate/value';
import { stringSlice, toText } from './cast.ts';
import type { FunctionGroup } from './group.ts';
import { mergeMaps } from './merge.ts';

type Dict = Map<string, Value>;

function dict(...items: Value[]): Dict {
  const result: Dict = new Map();
  for (let i = 0; i < items.length; i += 2)
    result.set(toText(items[i] ?? null), items[i + 1] ?? (i + 1 < items.length ? null : ''));
  return result;
}

/** A value deep within dicts, by its keys; the default when a key on the way is missing. */
function dig(...params: Value[]): Value {
  if (params.length < 3) throw new Error('dig needs at least three arguments');
  const top = params.at(-1) ?? null;
  if (!(top instanceof Map)) throw conversionError(top, 'map[string]interface {}');
  const keys = params.slice(0, -2).map((key) => {
    if (typeof key !== 'string') throw conversionError(key, 'string');
    return key;
  });
  let step: Value = top;
  for (const key of keys) {
    if (!(step instanceof Map)) throw conversionError(step, 'map[string]interface {}');
    if (!step.has(key)) return params.at(-2) ?? null;
    step = step.get(key) ?? null;
  }
  return step;
}

function conversionError(value: Value, want: string): Error {
  const got = value === null ? 'nil' : typeName(value);
  return new Error(`interface conversion: interface {} is ${got}, not ${want}`);
}

/** copystructure.Copy: maps, lists, structs and pointers are copied all the way down. */
function deepCopy(value: Value): Value {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(deepCopy);
  if (value instanceof Map) return copyEntries(value);
  if (value instanceof Uint8Array) return Uint8Array.from(value);
  if (value instanceof GoSlice) return new GoSlice(value.type, value.items.map(deepCopy), value.isNil);
  if (value instanceof GoMap) return new GoMap(value.type, copyEntries(value.entries), value.isNil);
  if (value instanceof GoPointer) return new GoPointer(value.type, deepCopy(value.target));
  if (value instanceof GoStruct) return new GoStruct(value.type, copyFields(value.fields), value.native);
  return value;
}

/** Fields that Go does not export are not copied; all such texts are empty then. */
function copyFields(fields: Dict): Dict {
  const isHidden = (name: string, value: Value) => typeof value === 'string' && /^\p{Ll}/u.test(name);
  return new Map(Array.from(fields, ([name, value]) => [name, isHidden(name, value) ? '' : deepCopy(value)]));
}

function copyEntries(entries: Dict): Dict {
  return new Map(Array.from(entries, ([key, value]) => [key, deepCopy(value)]));
}

function mergeAll(given: Dict | null, sources: Dict[], overwrite: boolean): Dict {
  const isNil = given === null || given instanceof NilMap;
  if (isNil && sources.length === 0) return new NilMap();
  // A nil map cannot be written to: mergo makes a new one.
  const target: Dict = isNil ? new Map() : given;
  for (const source of sources) mergeMaps(target, source ?? new Map(), overwrite);
  return target;
}

function writable(target: Dict | null): Dict {
  if (target === null) throw new Error('assignment to entry in nil map');
  return target;
}

const merge = variadicFunction([ANY_MAP], ANY_MAP, (target, ...sources) => mergeAll(target, sources, false));
const overwrite = variadicFunction([ANY_MAP], ANY_MAP, (target, ...sources) => mergeAll(target, sources, true));
const copy = goFunction([ANY], (value) => {
  if (value === null) throw new Error('reflect: call of reflect.Value.Type on zero Value');
  return deepCopy(value);
});

/** Keys and values come in the order of their keys; Go gives them in any order. */
export const dictFunctions: FunctionGroup = {
  dict: variadicFunction([], ANY, dict),
  get: goFunction([ANY_MAP, STRING], (map, key) => (map.has(key) ? (map.get(key) ?? null) : '')),
  set: goFunction([ANY_MAP, STRING, ANY], (map, key, value) => writable(map).set(key, value)),
  unset: goFunction([ANY_MAP, STRING], (map, key) => {
    map.delete(key);
    return map;
  }),
  hasKey: goFunction([ANY_MAP, STRING], (map, key) => map.has(key)),
  pluck: variadicFunction([STRING], ANY_MAP, (key, ...maps) =>
    maps.filter((map) => map.has(key)).map((map) => map.get(key) ?? null),
  ),
  keys: variadicFunction([], ANY_MAP, (...maps) => stringSlice(maps.flatMap((map) => sortedKeys(map)))),
  values: goFunction([ANY_MAP], (map) => sortedKeys(map).map((key) => map.get(key) ?? null)),
  pick: variadicFunction([ANY_MAP], STRING, (map, ...keys) => {
    const found = keys.filter((key) => map.has(key));
    return new Map(found.map((key) => [key, map.get(key) ?? null]));
  }),
  omit: variadicFunction([ANY_MAP], STRING, (map, ...keys) => {
    const left = new Map(map);
    for (const key of keys) left.delete(key);
    return left;
  }),
  merge,
  mustMerge: merge,
  mergeOverwrite: overwrite,
  mustMergeOverwrite: overwrite,
  deepCopy: copy,
  mustDeepCopy: copy,
  dig: variadicFunction([], ANY, dig),
};
