import type { UnknownObject } from '@croft/api/object';
import { badRequest } from './failures.ts';
import type { TableRules } from './kind-rules.ts';

/** What stands beside the cells of a row. */
export type IncludeObject = 'Metadata' | 'Object' | 'None';

export function parseIncludeObject(text: string | null): IncludeObject {
  if (text === null || text === '' || text === 'Metadata') return 'Metadata';
  if (text === 'Object' || text === 'None') return text;
  throw badRequest(
    `Unable to convert to Table as requested: includeObject: Invalid value: ${JSON.stringify(text)}: must be 'Metadata', 'Object', 'None', or empty`,
  );
}

export interface TableOptions {
  readonly version: string;
  readonly include: IncludeObject;
  readonly nowMs: number;
  /** Left out of all but the first event of a watch. */
  readonly withColumns: boolean;
}

/** metav1.Table of the objects; `metadata` is the list's, or the object's own resourceVersion. */
export function renderTable(
  table: TableRules | undefined,
  objects: readonly UnknownObject[],
  metadata: Record<string, unknown>,
  options: TableOptions,
): Record<string, unknown> {
  const rules = table ?? plainTable;
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${options.version}`,
    metadata,
    columnDefinitions: options.withColumns ? rules.columns : null,
    rows: objects.map((object) => ({
      cells: rules.cells(object, options.nowMs),
      ...conditionsOf(rules, object),
      object: rowObject(object, options),
    })),
  };
}

function conditionsOf(rules: TableRules, object: UnknownObject): { conditions?: unknown } {
  const conditions = rules.conditions?.(object) ?? [];
  return conditions.length === 0 ? {} : { conditions };
}

function rowObject(object: UnknownObject, { include, version }: TableOptions): unknown {
  if (include === 'None') return null;
  return include === 'Object' ? object : partialObject(object, version);
}

export function partialObject(object: UnknownObject, version: string): UnknownObject {
  return { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${version}`, metadata: object.metadata ?? {} };
}

/** What kinds without columns of their own show. */
const plainTable: TableRules = {
  columns: [
    {
      name: 'Name',
      type: 'string',
      format: 'name',
      description: 'Name must be unique within a namespace.',
      priority: 0,
    },
    {
      name: 'Created At',
      type: 'date',
      format: '',
      description: 'CreationTimestamp is the time when the server created this object.',
      priority: 0,
    },
  ],
  cells: ({ metadata }) => [metadata?.name ?? '', metadata?.creationTimestamp ?? ''],
};
