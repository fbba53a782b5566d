import type { UnknownObject } from '@croft/api/object';
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
  const found = findByPath(object, jsonPath);
  const [value] = found;
  if (value === undefined) return null;
  if (type === 'string') return found.length === 1 ? textOf(value) : found.map(textOf).join(' ');
  if (type === 'integer') return typeof value === 'number' ? Math.trunc(value) : null;
  if (type === 'number') return typeof value === 'number' ? value : null;
  if (type === 'boolean') return typeof value === 'boolean' ? value : null;
  if (type === 'date') {
    return typeof value === 'string' && time.test(value) ? formatAge(value, nowMs) : '<invalid>';
  }
  return null;
}

/** RFC 3339. */
const time = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
