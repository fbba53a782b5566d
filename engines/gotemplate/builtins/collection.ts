import { byteLength, encodeString, sliceBytes } from '../bytes.ts';
import { zeroValue } from '../reflect/zero.ts';
import { ANY, UINT8 } from '../type.ts';
import {
  findEntries,
  findItems,
  findType,
  GoNumber,
  GoPointer,
  GoSlice,
  GoString,
  type Maybe,
  typeName,
  type Value,
} from '../value.ts';

/** What reflect says when it is asked about nothing. */
const zeroValueCall = 'reflect: call of reflect.Value.Type on zero Value';

/** index: the result of indexing by each of the arguments in turn. */
export function indexInto(item: Maybe, ...indexes: Maybe[]): Value {
  if (item === undefined || item === null) throw new Error('index of untyped nil');
  let value: Value = item;
  for (const index of indexes) value = indexOnce(target(value), index);
  return value;
}

function target(value: Value): Value {
  const pointed = value instanceof GoPointer ? value.target : value;
  if (pointed === null) throw new Error('index of nil pointer');
  return pointed;
}

function indexOnce(value: Value, index: Maybe): Value {
  const text = value instanceof GoString ? value.value : value;
  if (typeof text === 'string') {
    const bytes = encodeString(text);
    return new GoNumber(UINT8, BigInt(bytes[checkIndex(index, bytes.length, 'string')] ?? 0));
  }
  const items = findItems(value);
  if (items !== undefined) return items[checkIndex(index, items.length, 'slice')] ?? null;
  const entries = findEntries(value);
  if (entries === undefined) throw new Error(`can't index item of type ${typeName(value)}`);
  if (index === undefined || index === null) throw new Error('value is nil; should be of type string');
  if (typeof index !== 'string') throw new Error(`value has type ${typeName(index)}; should be string`);
  return entries.get(index) ?? zeroValue(findType(value)?.elem ?? ANY);
}

function checkIndex(index: Maybe, length: number, kind: 'slice' | 'string'): number {
  const position = toPosition(index, length);
  if (position === length) throw new Error(`reflect: ${kind} index out of range`);
  return position;
}

/** An index from 0 to the length, which itself is allowed. */
function toPosition(index: Maybe, length: number): number {
  if (index === undefined || index === null) throw new Error('cannot index slice/array with nil');
  const number = index instanceof GoNumber ? index.value : index;
  if (typeof number !== 'bigint') throw new Error(`cannot index slice/array with type ${typeName(index)}`);
  if (number < 0n || number > BigInt(length)) throw new Error(`index out of range: ${number}`);
  return Number(number);
}

/** slice: `item[1:2]`, of strings by bytes. */
export function sliceOf(item: Maybe, ...indexes: Maybe[]): Value {
  if (item === undefined || item === null) throw new Error('slice of untyped nil');
  if (indexes.length > 3) throw new Error(`too many slice indexes: ${indexes.length}`);
  const text = item instanceof GoString ? item.value : item;
  if (typeof text === 'string' && indexes.length === 3) throw new Error('cannot 3-index slice a string');
  const items = findItems(item);
  if (typeof text !== 'string' && items === undefined) throw new Error(`can't slice item of type ${typeName(item)}`);
  const length = typeof text === 'string' ? byteLength(text) : (items?.length ?? 0);
  const [start = 0, end = length, limit = length] = indexes.map((index) => toPosition(index, length));
  if (start > end) throw new Error(`invalid slice index: ${start} > ${end}`);
  if (end > limit) throw new Error(`invalid slice index: ${end} > ${limit}`);
  if (typeof text === 'string') return sliceBytes(text, start, end);
  if (item instanceof Uint8Array) return item.subarray(start, end);
  const part = items?.slice(start, end) ?? [];
  return item instanceof GoSlice ? new GoSlice(item.type, part) : part;
}

/** len: bytes of a string, elements of a slice, entries of a map. */
export function lengthOf(item: Maybe): bigint {
  if (item === undefined) throw new Error(zeroValueCall);
  const value = item instanceof GoPointer ? item.target : item;
  if (value === null) throw new Error('len of nil pointer');
  const text = value instanceof GoString ? value.value : value;
  if (typeof text === 'string') return BigInt(byteLength(text));
  const length = findEntries(value)?.size ?? (value instanceof Uint8Array ? value.length : findItems(value)?.length);
  if (length === undefined) throw new Error(`len of type ${typeName(value)}`);
  return BigInt(length);
}
