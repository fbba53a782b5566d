import { isJsonObject } from '@croft/foundation/json';
import { readKey, setKey } from '@croft/foundation/json-keys';
import type { StructuralSchema } from './structural-schema.ts';

const reserved = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);

/**
 * A value as rules in CEL see it: integers are ints and numbers doubles by their schema, times are timestamps, and
 * names of fields are escaped where CEL could not read them (`a-b` is `a__dash__b`).
 */
export function toCelValue(value: unknown, schema: StructuralSchema | undefined): unknown {
  if (typeof value === 'number') return toCelNumber(value, schema);
  if (typeof value === 'string') return toCelText(value, schema);
  if (Array.isArray(value)) return value.map((item) => toCelValue(item, schema?.items));
  return isJsonObject(value) ? toCelMap(value, schema) : value;
}

/** The whole object: of its metadata rules see the name alone. */
export function toCelRoot(value: unknown, schema: StructuralSchema): unknown {
  if (!isJsonObject(value)) return toCelValue(value, schema);
  const { properties = {} } = schema;
  return toCelMap(withReadableMetadata(value), {
    ...schema,
    properties: {
      ...properties,
      apiVersion: {},
      kind: {},
      metadata: { type: 'object', properties: { name: {}, generateName: {} } },
    },
  });
}

function withReadableMetadata(value: object): object {
  const metadata = readKey(value, 'metadata');
  if (!isJsonObject(metadata)) return value;
  const names = ['name', 'generateName'].filter((key) => Object.hasOwn(metadata, key));
  return { ...value, metadata: Object.fromEntries(names.map((key) => [key, metadata[key]])) };
}

function toCelNumber(value: number, schema: StructuralSchema | undefined): unknown {
  const isDouble = schema?.type === 'number' || !Number.isInteger(value);
  return isDouble ? value : BigInt(value);
}

function toCelText(text: string, schema: StructuralSchema | undefined): unknown {
  if (schema?.type !== 'string') return text;
  if (schema.format === 'date-time' || schema.format === 'date') return new Date(text);
  return schema.format === 'byte' ? new Uint8Array(Buffer.from(text, 'base64')) : text;
}

function toCelMap(map: object, schema: StructuralSchema | undefined): object {
  const { properties = {}, additionalProperties: rest } = schema ?? {};
  const result = {};
  for (const key of Object.keys(map)) {
    const declared = Object.hasOwn(properties, key);
    const below = declared ? properties[key] : typeof rest === 'object' ? rest : undefined;
    setKey(result, declared ? escapeName(key) : key, toCelValue(readKey(map, key), below));
  }
  return result;
}

/** A field's name where CEL could not read it as it is: `a-b` is `a__dash__b`. */
export function escapeName(name: string): string {
  if (reserved.has(name)) return `__${name}__`;
  return name
    .replaceAll('__', '__underscores__')
    .replaceAll('.', '__dot__')
    .replaceAll('-', '__dash__')
    .replaceAll('/', '__slash__');
}

/** What an expression gave as JSON: ints are numbers, times and bytes are texts, optional values are what they hold. */
export function fromCelValue(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(fromCelValue);
  if (value instanceof Date) return value.toISOString().replace(/\.000Z$/, 'Z');
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return Object.fromEntries(entries.map(([key, item]) => [String(key), fromCelValue(item)]));
}
