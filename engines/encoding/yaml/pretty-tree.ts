import { GoMap, GoNumber, GoPointer, GoSlice, GoString, GoStruct, NilMap, type Value } from '@croft/gotemplate/value';
import { type JsonTree, StructEntries, simplifyJson } from '../json/encode.ts';
import { findJsonConversion } from '../json/shape.ts';

/** A scalar that is written as it is, whatever else its text could mean. */
export class PlainText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** One level of a value as go-yaml v3 sees it, which knows nothing of JSON: bytes are numbers, nothing of a type is empty. */
export function simplifyPretty(value: Value): JsonTree | PlainText {
  if (value instanceof Uint8Array) return Array.from(value, BigInt);
  if (value instanceof NilMap) return new Map();
  if (value instanceof GoSlice) return value.items;
  if (value instanceof GoMap) return value.entries;
  if (value instanceof GoPointer) return value.target === null ? null : simplifyPretty(value.target);
  if (value instanceof GoNumber && value.type.name === 'time.Duration') return durationText(value);
  if (value instanceof GoStruct) return simplifyStruct(value);
  return simplifyJson(value);
}

function durationText(value: GoNumber): string {
  const text = value.type.methods?.get('String')?.call(value);
  return typeof text === 'string' ? text : String(value.value);
}

function simplifyStruct(value: GoStruct): JsonTree | PlainText {
  const convert = findJsonConversion(value.type);
  if (convert !== undefined) {
    const text = convert(value);
    return value.type.name === 'time.Time' ? new PlainText(textOf(text)) : textOf(text);
  }
  const fields = (value.type.fields ?? []).filter(({ name }) => /^\p{Lu}/u.test(name));
  return new StructEntries(fields.map(({ name }) => [name.toLowerCase(), value.fields.get(name) ?? null]));
}

function textOf(value: Value): string {
  return value instanceof GoString ? value.value : String(value);
}
