import { quoteGo } from '@croft/api/go-quote';
import { StatusError } from '@croft/api/status';
import { pathsOf, sortSet } from './field-set.ts';
import { compareText, type Owner } from './managed-fields.ts';
import type { Conflict } from './ownership.ts';
import { formatPath } from './path-elements.ts';

interface FieldConflict {
  readonly owner: Owner;
  readonly path: string;
}

/** The 409 of an apply that other managers' fields stand against, with a cause for each field. */
export function conflictError(conflicts: readonly Conflict[]): StatusError {
  const fields = conflicts
    .toSorted((a, b) => compareText(identity(a.owner), identity(b.owner)))
    .flatMap(({ owner, fields }) => [...pathsOf(sortSet(fields))].map((path) => ({ owner, path: formatPath(path) })));
  const causes = fields.map(({ owner, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${formatOwner(owner)}`,
    field: path,
  }));
  return new StatusError(409, 'Conflict', summarize(fields), { causes });
}

function summarize(fields: readonly FieldConflict[]): string {
  const [first] = fields;
  if (fields.length === 1 && first !== undefined) {
    return `Apply failed with 1 conflict: conflict with ${formatOwner(first.owner)}: ${first.path}`;
  }
  const lines: string[] = [];
  let last: Owner | undefined;
  for (const { owner, path } of fields) {
    if (owner !== last) lines.push(`conflicts with ${formatOwner(owner)}:`);
    lines.push(`- ${path}`);
    last = owner;
  }
  return `Apply failed with ${fields.length} conflicts: ${lines.join('\n')}`;
}

function formatOwner(owner: Owner): string {
  const name = quoteGo(owner.manager);
  const withSubresource = owner.subresource === '' ? name : `${name} with subresource ${quoteGo(owner.subresource)}`;
  return owner.operation === 'Update' ? `${withSubresource} using ${owner.apiVersion}` : withSubresource;
}

/** Managers are sorted by the JSON of their entry. */
function identity(owner: Owner): string {
  return JSON.stringify({
    manager: owner.manager,
    operation: owner.operation,
    ...(owner.operation === 'Update' ? { apiVersion: owner.apiVersion } : {}),
    ...(owner.subresource === '' ? {} : { subresource: owner.subresource }),
  });
}
