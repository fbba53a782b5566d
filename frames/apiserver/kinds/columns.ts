import type { KubeObject, UnknownObject } from '@croft/api/object';
import type { TableColumn, TableRules } from '../kind-rules.ts';
import { formatAge } from './ages.ts';

/**
 * The table of a kind. `header` names the columns, separated by commas: `Name*` is the name, a leading `+` shows a column
 * only in wide output, `Value:integer` has another type than string.
 */
export function defineTable<T extends KubeObject>(
  header: string,
  cells: (object: T, nowMs: number) => unknown[],
): TableRules {
  return {
    columns: header.split(',').map(parseColumn),
    cells: (object, nowMs) => cells(object as UnknownObject & T, nowMs),
  };
}

function parseColumn(text: string): TableColumn {
  const wide = text.startsWith('+');
  const [heading = '', type = 'string'] = (wide ? text.slice(1) : text).split(':');
  const isName = heading.endsWith('*');
  const name = isName ? heading.slice(0, -1) : heading;
  return {
    name,
    type: type as TableColumn['type'],
    format: isName ? 'name' : '',
    description: '',
    priority: wide ? 1 : 0,
  };
}

export function nameOf(object: KubeObject): string {
  return object.metadata?.name ?? '';
}

export function ageOf(object: KubeObject, nowMs: number): string {
  return formatAge(object.metadata?.creationTimestamp as string | undefined, nowMs);
}

/** Names and images of containers, as two cells. */
export function containerCells(spec: { containers?: { name?: string; image?: string }[] } | undefined): string[] {
  const containers = spec?.containers ?? [];
  return [
    containers.map((container) => container.name ?? '').join(','),
    containers.map((container) => container.image ?? '').join(','),
  ];
}
