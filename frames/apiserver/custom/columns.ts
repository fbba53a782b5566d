import type { UnknownObject } from '@croft/api/object';
import { isJsonObject } from '@croft/foundation/json';
import type { TableColumn, TableRules } from '../kind-rules.ts';
import { formatAge } from '../kinds/ages.ts';
import type { PrinterColumn } from './definition.ts';
import { findByPath } from './json-path.ts';

const nameColumn: TableColumn = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: 'Name must be unique within a namespace.',
  priority: 0,
};

const ageColumn: PrinterColumn = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };

/** The table of a custom resource: its name, then its printer columns, or its age where it has none. */
export function customTable(columns: readonly PrinterColumn[]): TableRules {
  const shown = columns.length === 0 ? [ageColumn] : columns;
  return {
    columns: [
      nameColumn,
      ...shown.map(({ name, type, format = '', description = '', priority = 0 }) => ({
        name,
        type: type as TableColumn['type'],
        format,
        description,
        priority,
      })),
    ],
    cells: (object, nowMs) => [object.metadata?.name ?? '', ...shown.map((column) => cell(object, column, nowMs))],
  };
}

function cell(object: UnknownObject, { type, jsonPath }: PrinterColumn, nowMs: number): unknown {
  const [value] = findByPath(object, jsonPath);
  if (value === undefined) return null;
  if (type === 'string') return textOf(value);
  if (type === 'integer') return typeof value === 'number' ? Math.trunc(value) : null;
  if (type === 'number') return typeof value === 'number' ? value : null;
  if (type === 'boolean') return typeof value === 'boolean' ? value : null;
  return type === 'date' && typeof value === 'string' ? ageOf(value, nowMs) : null;
}

/** RFC 3339, as Go reads it. */
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([.,]\d+)?(Z|[+-]\d\d:\d\d)$/;

function ageOf(text: string, nowMs: number): string {
  if (text === '' || text === 'null') return '<unknown>';
  return time.test(text) && !Number.isNaN(Date.parse(text)) ? formatAge(text, nowMs) : '<invalid>';
}

/** As Go's fmt prints a value; maps and lists are JSON with sorted keys. */
function textOf(value: unknown): string {
  if (value === null) return '<no value>';
  return typeof value === 'string' ? value : JSON.stringify(sortKeys(value));
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sortKeys(item)]));
}
