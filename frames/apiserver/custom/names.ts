import type { Condition, Definition, Names } from './definition.ts';

interface NamesResult {
  readonly accepted: Names;
  readonly condition: Condition;
}

/**
 * Which of its names a definition gets: those that no other definition of its group has (apiextensions
 * pkg/controller/status/naming_controller.go). Names that it has already are kept.
 */
export function acceptNames({ spec, status }: Definition, others: readonly Definition[]): NamesResult {
  const requested = spec.names;
  const before: Partial<Names> = status?.acceptedNames ?? {};
  const resources = new Set<string>();
  const kinds = new Set<string>();
  for (const { status: other } of others) {
    const names = other?.acceptedNames;
    if (names === undefined) continue;
    for (const name of [names.plural, names.singular, ...(names.shortNames ?? [])]) if (name) resources.add(name);
    for (const name of [names.kind, names.listKind]) if (name) kinds.add(name);
  }
  const accepted: Names = { plural: before.plural ?? '', kind: before.kind ?? '' };
  let condition: Condition = {
    type: 'NamesAccepted',
    status: 'True',
    reason: 'NoConflicts',
    message: 'no conflicts found',
  };
  const refuse = (reason: string, message: string) => {
    condition = { type: 'NamesAccepted', status: 'False', reason, message };
  };
  const take = (field: 'plural' | 'singular' | 'kind' | 'listKind', reason: string, taken: ReadonlySet<string>) => {
    const wanted = requested[field] ?? '';
    const kept = before[field] ?? '';
    if (wanted !== '' && wanted !== kept && taken.has(wanted)) {
      refuse(reason, `${JSON.stringify(wanted)} is already in use`);
      if (kept !== '') accepted[field] = kept;
    } else if (wanted !== '') accepted[field] = wanted;
  };
  take('plural', 'PluralConflict', resources);
  take('singular', 'SingularConflict', resources);
  const shortNames = requested.shortNames ?? [];
  const clashes = shortNames.filter((name) => !(before.shortNames ?? []).includes(name) && resources.has(name));
  if (clashes.length > 0)
    refuse('ShortNamesConflict', clashes.map((name) => `${JSON.stringify(name)} is already in use`).join(', '));
  else if (shortNames.length > 0) accepted.shortNames = shortNames;
  take('kind', 'KindConflict', kinds);
  take('listKind', 'ListKindConflict', kinds);
  if (requested.categories?.length) accepted.categories = requested.categories;
  return { accepted, condition };
}
