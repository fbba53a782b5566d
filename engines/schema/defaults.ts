import { isJsonObject } from '@croft/foundation/json';
import { readKey, setKey } from '@croft/foundation/json-keys';
import type { StructuralSchema } from './structural-schema.ts';

/**
 * The value with the schema's defaults where fields are absent, or null though not nullable (those without a default
 * are dropped). What needs no change is shared with the input, which stays as it is.
 */
export function applyDefaults<T>(value: T, schema: StructuralSchema): T {
  return fill(value, schema) as T;
}

function fill(value: unknown, schema: StructuralSchema | undefined): unknown {
  if (schema === undefined) return value;
  if (Array.isArray(value)) return fillList(value, schema);
  return isJsonObject(value) ? fillMap(value, schema) : value;
}

function fillMap(map: object, schema: StructuralSchema): object {
  let result = map;
  const put = (key: string, value: unknown) => {
    if (result === map) result = { ...map };
    if (value === undefined) delete (result as Record<string, unknown>)[key];
    else setKey(result, key, value);
  };
  for (const key of Object.keys(map)) {
    const field = fieldSchema(schema, key);
    const before = readKey(map, key);
    const after = fill(isUnwantedNull(before, field) ? defaultOf(field) : before, field);
    if (after !== before) put(key, after);
  }
  const { properties = {} } = schema;
  for (const key in properties) {
    if (properties[key]?.default === undefined || Object.hasOwn(map, key)) continue;
    put(key, fill(defaultOf(properties[key]), properties[key]));
  }
  return result;
}

function fillList(list: unknown[], schema: StructuralSchema): unknown[] {
  const items = schema.items;
  if (items === undefined) return list;
  let result = list;
  list.forEach((item, index) => {
    const after = fill(isUnwantedNull(item, items) ? (defaultOf(items) ?? null) : item, items);
    if (after === item) return;
    if (result === list) result = [...list];
    result[index] = after;
  });
  return result;
}

function fieldSchema(
  { properties, additionalProperties }: StructuralSchema,
  key: string,
): StructuralSchema | undefined {
  const property = properties === undefined ? undefined : (readKey(properties, key) as StructuralSchema | undefined);
  return property ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined);
}

function isUnwantedNull(value: unknown, schema: StructuralSchema | undefined): boolean {
  return value === null && schema !== undefined && schema.nullable !== true;
}

/** A copy of its own, as objects may be changed in place later. */
function defaultOf(schema: StructuralSchema | undefined): unknown {
  const value = schema?.default;
  return typeof value === 'object' && value !== null ? structuredClone(value) : value;
}
