import { decodeBytes } from '@croft/gotemplate/bytes';
import { findDisplayText } from '@croft/gotemplate/fmt/methods';
import { display } from '@croft/gotemplate/fmt/sprint';
import { INT64, STRING_SLICE } from '@croft/gotemplate/type';
import {
  findEntries,
  findItems,
  GoFunc,
  GoMap,
  GoNumber,
  GoPointer,
  GoSlice,
  GoString,
  GoStruct,
  kindOf,
  type Value,
} from '@croft/gotemplate/value';

/** Conversions as Sprig and spf13/cast 1.7 make them; what does not convert is 0. */

const MIN_INT64 = -(2n ** 63n);

export function int64(value: bigint): GoNumber {
  return new GoNumber(INT64, BigInt.asIntN(64, value));
}

export function stringSlice(items: string[]): GoSlice {
  return new GoSlice(STRING_SLICE, items);
}

/** cast.ToInt64 and cast.ToInt. */
export function toInteger(value: Value): bigint {
  switch (typeof value) {
    case 'bigint':
      return value;
    case 'number':
      return truncate(value);
    case 'boolean':
      return value ? 1n : 0n;
    case 'string':
      return parseGoInteger(trimZeroDecimal(value)) ?? 0n;
  }
  if (value instanceof GoPointer) return value.target === null ? 0n : toInteger(value.target);
  if (!(value instanceof GoNumber) || !isCastable(value)) return 0n;
  if (typeof value.value === 'bigint') return BigInt.asIntN(64, value.value);
  return typeof value.value === 'number' ? truncate(value.value) : 0n;
}

/** Named number types are left out, but for months and weekdays, as in cast's type switch. */
function isCastable(value: GoNumber): boolean {
  if (value.type.named === true) return value.type.name === 'time.Month' || value.type.name === 'time.Weekday';
  return value.type.kind !== 'uintptr';
}

/** int64(float) on amd64: what does not fit is the smallest integer. */
function truncate(value: number): bigint {
  if (!(value > -9.3e18 && value < 9.3e18)) return MIN_INT64;
  const integer = BigInt(Math.trunc(value));
  return integer < MIN_INT64 || integer >= 2n ** 63n ? MIN_INT64 : integer;
}

/** cast.ToFloat64. */
export function toFloat(value: Value): number {
  switch (typeof value) {
    case 'bigint':
      return Number(value);
    case 'number':
      return value;
    case 'boolean':
      return value ? 1 : 0;
    case 'string':
      return parseGoFloat(value) ?? 0;
  }
  if (value instanceof GoPointer) return value.target === null ? 0 : toFloat(value.target);
  if (!(value instanceof GoNumber) || !isCastable(value)) return 0;
  return typeof value.value === 'object' ? 0 : Number(value.value);
}

/** `1.0` and `1.` + zeros lose them: cast 1.7 takes such text for an integer. */
function trimZeroDecimal(text: string): string {
  const match = /^(.*)\.0+$/s.exec(text);
  return match?.[1] ?? text;
}

const based = /^([-+]?)0([xX](_?[0-9a-fA-F])+|[oO](_?[0-7])+|[bB](_?[01])+|(_?[0-7])+)$/;
const decimal = /^[-+]?(0|[1-9](_?[0-9])*)$/;

/** strconv.ParseInt(text, 0, 64); undefined when it is no integer or does not fit. */
export function parseGoInteger(text: string): bigint | undefined {
  let value: bigint;
  const match = based.exec(text);
  if (match !== null) {
    const body = (match[2] ?? '').replaceAll('_', '').toLowerCase();
    const magnitude = BigInt(/^[xob]/.test(body) ? `0${body}` : `0o${body}`);
    value = match[1] === '-' ? -magnitude : magnitude;
  } else if (decimal.test(text)) {
    value = BigInt(text.replaceAll('_', '').replace(/^\+/, ''));
  } else {
    return undefined;
  }
  return value < MIN_INT64 || value >= 2n ** 63n ? undefined : value;
}

const decimalFloat = /^[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?$/;
const hexFloat = /^([-+]?)0[xX]_?([0-9a-fA-F_]*)(?:\.([0-9a-fA-F_]*))?[pP]([-+]?[0-9]+)$/;

/** strconv.ParseFloat(text, 64); undefined when it is no number or too large. */
export function parseGoFloat(text: string): number | undefined {
  if (decimalFloat.test(text)) {
    const value = Number(text);
    return Number.isFinite(value) ? value : undefined;
  }
  const word = /^([-+]?)(inf|infinity|nan)$/i.exec(text);
  if (word !== null) {
    if (/nan/i.test(word[2] ?? '')) return word[1] === '' ? Number.NaN : undefined;
    return word[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  const hex = hexFloat.exec(text);
  if (hex === null) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = hex;
  const digits = (whole + fraction).replaceAll('_', '');
  if (digits === '') return undefined;
  const value = Number(BigInt(`0x${digits}`)) * 2 ** (Number(exponent) - 4 * fraction.replaceAll('_', '').length);
  return sign === '-' ? -value : value;
}

/** Sprig's strval: the text of a value. */
export function toText(value: Value): string {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return decodeBytes(value);
  if (value instanceof GoStruct || value instanceof GoPointer || value instanceof GoNumber) {
    const text = findDisplayText(value);
    if (text !== undefined) return text;
  }
  return display(value);
}

/** Sprig's strslice: the texts of a list without its nils, or of one value. */
export function toTexts(value: Value): string[] {
  const items = findItems(value);
  if (items !== undefined) return items.filter((item) => item !== null).map(toText);
  return value === null ? [] : [toText(value)];
}

/** Sprig's empty: nil, false, zero, and what has no elements. */
export function isEmpty(value: Value): boolean {
  if (value === null || value === false || value === '' || value === 0 || value === 0n) return true;
  if (typeof value !== 'object') return false;
  if (value instanceof GoNumber) return isZero(value);
  if (value instanceof GoString) return value.value === '';
  if (value instanceof GoPointer) return value.target === null;
  if (value instanceof GoStruct || value instanceof GoFunc) return false;
  if (Array.isArray(value)) return value.length === 0;
  if (value instanceof Uint8Array) return value.length === 0;
  return (findEntries(value)?.size ?? findItems(value)?.length ?? 0) === 0;
}

function isZero({ value }: GoNumber): boolean {
  return typeof value === 'object' ? value.real === 0 && value.imag === 0 : Number(value) === 0;
}

/** The error that a nil gives where Sprig asks for its kind. */
export function nilError(): Error {
  return new Error('runtime error: invalid memory address or nil pointer dereference');
}

/** The elements of a list; throws `PROBLEM KIND` for anything else. */
export function listItems(value: Value, problem: string): Value[] {
  if (value === null) throw nilError();
  const items = findItems(value);
  if (items === undefined) throw new Error(`${problem} ${kindOf(value)}`);
  return items;
}

export function isMapValue(value: Value): value is Map<string, Value> | GoMap {
  return value instanceof Map || value instanceof GoMap;
}
