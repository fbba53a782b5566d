import type { Value } from '@croft/gotemplate/value';

export type Values = Map<string, Value>;

/** Whether the value is a table: map[string]interface{} and no other type. */
export function isTable(value: Value | undefined): value is Values {
  return value instanceof Map;
}

/** A copy that shares no map and no list with the original. */
export function copyValues(values: Values): Values {
  const copy: Values = new Map();
  for (const [key, value] of values) copy.set(key, copyValue(value));
  return copy;
}

function copyValue(value: Value): Value {
  if (value instanceof Map) return copyValues(value);
  if (Array.isArray(value)) return value.map(copyValue);
  return value;
}
