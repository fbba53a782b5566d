import { quoteGo } from '@croft/api/go-quote';
import { isJsonObject } from '@croft/foundation/json';
import { readKey } from '@croft/foundation/json-keys';
import type { FieldType } from '@croft/schema/field-type';

/** How FieldsV1 names a map's key. */
export function fieldElement(name: string): string {
  return `f:${name}`;
}

/**
 * How FieldsV1 names a list's item: `k:{"name":"c"}` by its keys, or `v:"x"` by itself. An Error says why there is no
 * name for it.
 */
export function itemElement(type: FieldType, item: unknown): string | Error {
  return type.listType === 'map' ? keyedElement(type, item) : valueElement(item);
}

function keyedElement(type: FieldType, item: unknown): string | Error {
  if (item === null) return new Error('associative list with keys may not have a null element');
  if (!isJsonObject(item)) return new Error('associative list with keys may not have non-map elements');
  let pairs = '';
  for (const key of type.keys) {
    const value = readKey(item, key) ?? type.keyDefaults.get(key);
    if (value === undefined) continue;
    pairs += `${pairs === '' ? '' : ','}"${key}":${JSON.stringify(value)}`;
  }
  if (pairs !== '') return `k:{${pairs}}`;
  const keys = type.keys.map(quoteGo).join(' ');
  return new Error(
    `associative list with keys has an element that omits all key fields [${keys}] (and doesn't have default values for any key fields)`,
  );
}

function valueElement(item: unknown): string | Error {
  if (item === null) return new Error("associative list without keys has an element that's an explicit null");
  if (Array.isArray(item)) return new Error('not supported: associative list with lists as elements');
  if (typeof item === 'object') return new Error("associative list without keys has an element that's a map type");
  return `v:${JSON.stringify(item)}`;
}

/** A path as conflicts and errors print it: `.spec.containers[name="c"].args`. */
export function formatPath(path: readonly string[]): string {
  return path.map(formatElement).join('');
}

export function formatElement(element: string): string {
  const body = element.slice(2);
  if (element.startsWith('f:')) return `.${body}`;
  if (element.startsWith('v:')) return `[=${formatScalar(JSON.parse(body))}]`;
  if (element.startsWith('i:')) return `[${body}]`;
  const keys = JSON.parse(body) as Record<string, unknown>;
  const pairs = Object.keys(keys).map((key) => `${key}=${formatScalar(keys[key])}`);
  return `[${pairs.join(',')}]`;
}

function formatScalar(value: unknown): string {
  return typeof value === 'string' ? quoteGo(value) : String(value);
}
