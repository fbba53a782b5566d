import type { Value } from '@croft/gotemplate/value';
import { isTable, type Values } from './copy.ts';

/** The table at a path of keys with dots between; undefined when there is none. */
export function findTable(values: Values, path: string): Values | undefined {
  let table: Values = values;
  for (const key of path.split('.')) {
    const next = table.get(key);
    if (!isTable(next)) return undefined;
    table = next;
  }
  return table;
}

/** The value at a path of keys; undefined when there is none or it is a table. */
export function findPathValue(values: Values, path: string): Value | undefined {
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const table = keys.length === 0 ? values : findTable(values, keys.join('.'));
  const value = table?.get(last);
  return isTable(value) ? undefined : value;
}
