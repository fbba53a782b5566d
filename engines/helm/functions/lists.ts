import { compareStrings } from '@croft/gotemplate/bytes';
import { type GoFunction, goFunction, variadicFunction } from '@croft/gotemplate/functions';
import { ANY, ANY_SLICE, INT, STRING, sliceType } from '@croft/gotemplate/type';
import { findItems, GoSlice, kindOf, type Value } from '@croft/gotemplate/value';
import { isEmpty, listItems, nilError, stringSlice, toInteger, toText, toTexts } from './cast.ts';
import { deepEqual } from './deep-equal.ts';
import type { FunctionGroup } from './group.ts';

const CHUNKS = sliceType(ANY_SLICE);
const NIL_LIST = new GoSlice(ANY_SLICE, [], true);

function chunk(size: bigint, list: Value): Value {
  const items = listItems(list, 'Cannot chunk type');
  const count = Math.floor((items.length - 1) / Number(size)) + 1;
  if (!(count >= 0 && count < 2 ** 47)) throw new Error('runtime error: makeslice: len out of range');
  const chunks: Value[] = [];
  for (let i = 0; i < count; i++) chunks.push(items.slice(i * Number(size), (i + 1) * Number(size)));
  return new GoSlice(CHUNKS, chunks);
}

function uniq(list: Value): Value {
  const found: Value[] = [];
  for (const item of listItems(list, 'Cannot find uniq on type')) if (!contains(found, item)) found.push(item);
  return found;
}

function contains(list: readonly Value[], value: Value): boolean {
  return list.some((item) => deepEqual(value, item));
}

function has(needle: Value, haystack: Value): boolean {
  return haystack !== null && contains(listItems(haystack, 'Cannot find has on type'), needle);
}

function without(list: Value, ...omit: Value[]): Value {
  return listItems(list, 'Cannot find without on type').filter((item) => !contains(omit, item));
}

/** Part of a list that keeps its type. */
function slice(list: Value, ...indices: Value[]): Value {
  const items = listItems(list, 'list should be type of slice or array but');
  if (items.length === 0) return null;
  const start = indices[0] === undefined ? 0 : Number(toInteger(indices[0]));
  const end = indices[1] === undefined ? items.length : Number(toInteger(indices[1]));
  if (start < 0 || end < start || end > items.length) {
    throw new Error('reflect.Value.Slice: slice index out of bounds');
  }
  if (list instanceof Uint8Array) return list.subarray(start, end);
  const part = items.slice(start, end);
  return list instanceof GoSlice ? new GoSlice(list.type, part) : part;
}

function concat(...lists: Value[]): Value {
  const all: Value[] = [];
  for (const list of lists) {
    if (list === null) throw nilError();
    const items = findItems(list);
    if (items === undefined) throw new Error(`Cannot concat type ${kindOf(list)} as list`);
    all.push(...items);
  }
  return all.length === 0 ? NIL_LIST : all;
}

function sortAlpha(list: Value): Value {
  if (findItems(list) === undefined) return stringSlice([toText(list)]);
  return stringSlice(toTexts(list).sort(compareStrings));
}

const push = goFunction([ANY, ANY], (list, value) => [...listItems(list, 'Cannot push on type'), value]);
const prepend = goFunction([ANY, ANY], (list, value) => [value, ...listItems(list, 'Cannot prepend on type')]);
const first = goFunction([ANY], (list) => listItems(list, 'Cannot find first on type')[0] ?? null);
const last = goFunction([ANY], (list) => listItems(list, 'Cannot find last on type').at(-1) ?? null);
const rest = part('Cannot find rest on type', (items) => items.slice(1));
const initial = part('Cannot find initial on type', (items) => items.slice(0, -1));
const reverse = goFunction([ANY], (list) => [...listItems(list, 'Cannot find reverse on type')].reverse());
const compact = goFunction([ANY], (list) => listItems(list, 'Cannot compact on type').filter((item) => !isEmpty(item)));
const list = variadicFunction([], ANY, (...items) => items);

function part(problem: string, take: (items: Value[]) => Value[]): GoFunction {
  return goFunction([ANY], (value) => {
    const items = listItems(value, problem);
    return items.length === 0 ? NIL_LIST : take(items);
  });
}

/** Each comes with a `must` form, which differs only where templates cannot tell. */
const doubled: FunctionGroup = {
  push,
  append: push,
  prepend,
  first,
  last,
  rest,
  initial,
  reverse,
  compact,
  uniq: goFunction([ANY], uniq),
  has: goFunction([ANY, ANY], has),
  without: variadicFunction([ANY], ANY, without),
  slice: variadicFunction([ANY], ANY, slice),
  chunk: goFunction([INT, ANY], chunk),
};

export const listFunctions: FunctionGroup = {
  ...doubled,
  ...Object.fromEntries(
    Object.entries(doubled).map(([name, fn]) => [`must${name.charAt(0).toUpperCase()}${name.slice(1)}`, fn]),
  ),
  list,
  tuple: list,
  concat: variadicFunction([], ANY, concat),
  sortAlpha: goFunction([ANY], sortAlpha),
  join: goFunction([STRING, ANY], (separator, value) => toTexts(value).join(separator)),
  toStrings: goFunction([ANY], (value) => stringSlice(toTexts(value))),
};
