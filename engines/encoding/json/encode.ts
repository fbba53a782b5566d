import {
  GoMap,
  GoNumber,
  GoPointer,
  GoSlice,
  GoString,
  GoStruct,
  NilMap,
  sortedKeys,
  type Value,
} from '@croft/gotemplate/value';
import { formatJsonNumber } from './number.ts';
import { findJsonConversion, jsonFields } from './shape.ts';

/** A value that encoding/json refuses. */
export class JsonEncodeError extends Error {
  override readonly name = 'JsonEncodeError';
}

/** Keys in the order in which a struct declares them; JSON objects of maps are sorted instead. */
export class StructEntries {
  readonly entries: [string, Value][];
  constructor(entries: [string, Value][]) {
    this.entries = entries;
  }
}

export type JsonTree = null | boolean | string | number | bigint | Value[] | Map<string, Value> | StructEntries;

/** One level of a value as encoding/json sees it: typed values become plain ones. Throws JsonEncodeError. */
export function simplifyJson(value: Value): JsonTree {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value;
  if (value instanceof Map) return value instanceof NilMap ? null : value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof GoString) return value.value;
  if (value instanceof GoNumber) return simplifyNumber(value);
  if (value instanceof GoSlice) return value.isNil ? null : value.items;
  if (value instanceof GoMap) return value.isNil ? null : value.entries;
  if (value instanceof GoPointer) return value.target === null ? null : simplifyJson(value.target);
  if (value instanceof GoStruct) return simplifyStruct(value);
  throw new JsonEncodeError(`json: unsupported type: ${value.type.name}`);
}

function simplifyNumber(value: GoNumber): JsonTree {
  if (typeof value.value === 'object') throw new JsonEncodeError(`json: unsupported type: ${value.type.name}`);
  return value.value;
}

function simplifyStruct(value: GoStruct): JsonTree {
  const convert = findJsonConversion(value.type);
  if (convert !== undefined) return simplifyJson(convert(value));
  const entries: [string, Value][] = [];
  for (const { field, key, omitEmpty } of jsonFields(value.type)) {
    const item = value.fields.get(field) ?? null;
    const inner = isEmbedded(value, field) ? simplifyJson(item) : null;
    if (inner instanceof StructEntries) entries.push(...inner.entries);
    else if (!(omitEmpty === true && isEmptyJson(item))) entries.push([key, item]);
  }
  return new StructEntries(entries);
}

/** The fields of an embedded struct stand among those of the outer one. */
function isEmbedded(value: GoStruct, field: string): boolean {
  return value.type.fields?.some(({ name, embedded }) => name === field && embedded === true) ?? false;
}

function isEmptyJson(value: Value): boolean {
  if (value === null || value === false || value === '' || value === 0 || value === 0n) return true;
  if (Array.isArray(value)) return value.length === 0;
  if (value instanceof Map) return value.size === 0;
  if (value instanceof GoSlice) return value.items.length === 0;
  if (value instanceof GoMap) return value.entries.size === 0;
  return value instanceof GoPointer && value.target === null;
}

export interface JsonOptions {
  /** Escape <, > and & as encoding/json does unless told otherwise. */
  escapeHtml?: boolean;
  /** Indentation of one level; everything on one line when left out. */
  indent?: string;
}

/** The value as encoding/json writes it: keys of maps sorted, HTML escaped. Throws JsonEncodeError. */
export function encodeJson(value: Value, options: JsonOptions = {}): string {
  const { escapeHtml = true, indent } = options;
  return encode(value, escapeHtml, indent, indent === undefined ? '' : '\n', 0);
}

const MAX_DEPTH = 3000;

function encode(value: Value, html: boolean, indent: string | undefined, newline: string, depth: number): string {
  const tree = simplifyJson(value);
  switch (typeof tree) {
    case 'string':
      return encodeJsonString(tree, html);
    case 'number':
      return encodeNumber(tree);
    case 'bigint':
    case 'boolean':
      return String(tree);
  }
  if (tree === null) return 'null';
  if (depth > MAX_DEPTH) throw new JsonEncodeError('json: unsupported value: encountered a cycle');
  const inner = indent === undefined ? '' : newline + indent;
  if (Array.isArray(tree)) {
    if (tree.length === 0) return '[]';
    const items = tree.map((item) => inner + encode(item, html, indent, inner, depth + 1));
    return `[${items.join(',')}${newline}]`;
  }
  const pairs = tree instanceof StructEntries ? tree.entries : sortedEntries(tree);
  if (pairs.length === 0) return '{}';
  const colon = indent === undefined ? ':' : ': ';
  const items = pairs.map(
    ([key, item]) => inner + encodeJsonString(key, html) + colon + encode(item, html, indent, inner, depth + 1),
  );
  return `{${items.join(',')}${newline}}`;
}

export function sortedEntries(map: Map<string, Value>): [string, Value][] {
  return sortedKeys(map).map((key) => [key, map.get(key) ?? null]);
}

function encodeNumber(value: number): string {
  try {
    return formatJsonNumber(value);
  } catch (error) {
    throw new JsonEncodeError((error as Error).message);
  }
}

const harmless = /^[\x20\x21\x23-\x25\x27-\x3b\x3d\x3f-\x5b\x5d-\u2027\u202a-\ud7ff\ue000-\uffff]*$/;
const special = /["\\<>&\u2028\u2029]|[\0-\x1f]|[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]/g;
const shortEscapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/** A string as encoding/json writes it; bytes that are not UTF-8 become U+FFFD. */
export function encodeJsonString(text: string, html = true): string {
  if (harmless.test(text)) return `"${text}"`;
  const body = text.replace(special, (char) => {
    const short = shortEscapes[char];
    if (short !== undefined) return short;
    if (char.length === 2 || (!html && '<>&'.includes(char))) return char;
    const code = char.charCodeAt(0);
    if (code >= 0xd800 && code <= 0xdfff) return '\\ufffd';
    return `\\u${code.toString(16).padStart(4, '0')}`;
  });
  return `"${body}"`;
}
