import { isJsonObject } from '@croft/foundation/json';
import { emptySet, type FieldSet, isEmptySet, sortSet, unionSets } from './field-set.ts';

/** metav1.ManagedFieldsEntry. */
export interface ManagedFieldsEntry {
  manager?: string;
  operation?: 'Apply' | 'Update';
  apiVersion?: string;
  time?: string;
  fieldsType?: string;
  fieldsV1?: FieldSet;
  subresource?: string;
}

/** One manager with the fields it owns. */
export interface Owner {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource: string;
  readonly time: string | undefined;
  readonly fields: FieldSet;
  /** The entry that this owner was read from, for as long as nothing in it changed. */
  readonly entry?: ManagedFieldsEntry | undefined;
}

const maxUpdateManagers = 10;

/** Reads `metadata.managedFields`; undefined when an entry in it is broken. */
export function parseOwners(entries: unknown): Owner[] | undefined {
  if (!Array.isArray(entries)) return [];
  const owners: Owner[] = [];
  for (const entry of entries) {
    const owner = parseOwner(entry);
    if (owner === undefined) return undefined;
    const known = owners.findIndex((other) => sameOwner(other, owner));
    if (known < 0) owners.push(owner);
    else owners[known] = owner;
  }
  return owners;
}

function parseOwner(value: unknown): Owner | undefined {
  if (!isJsonObject(value)) return undefined;
  const entry = value as ManagedFieldsEntry;
  if (entry.operation !== 'Apply' && entry.operation !== 'Update') return undefined;
  if (entry.fieldsType !== 'FieldsV1') return undefined;
  if (entry.fieldsV1 !== undefined && !isFieldSet(entry.fieldsV1)) return undefined;
  return {
    manager: entry.manager ?? '',
    operation: entry.operation,
    apiVersion: entry.apiVersion ?? '',
    subresource: entry.subresource ?? '',
    time: entry.time,
    fields: entry.fieldsV1 ?? emptySet,
    entry,
  };
}

function isFieldSet(value: unknown): boolean {
  if (!isJsonObject(value)) return false;
  for (const element in value) {
    if (!isElement(element) || !isFieldSet(value[element])) return false;
  }
  return true;
}

function isElement(element: string): boolean {
  if (element === '.' || element.startsWith('f:')) return true;
  if (element.startsWith('i:')) return /^i:-?\d+$/.test(element);
  if (!element.startsWith('k:') && !element.startsWith('v:')) return false;
  try {
    const body: unknown = JSON.parse(element.slice(2));
    return element.startsWith('v:') || isJsonObject(body);
  } catch {
    return false;
  }
}

/** Appliers are one whatever version they apply in; updaters are told apart by version. */
export function sameOwner(left: Owner, right: Owner): boolean {
  return (
    left.manager === right.manager &&
    left.operation === right.operation &&
    left.subresource === right.subresource &&
    (left.operation === 'Apply' || left.apiVersion === right.apiVersion)
  );
}

/** The entries in the order that Kubernetes keeps: appliers first, then by time. undefined for none. */
export function renderManagedFields(owners: readonly Owner[]): ManagedFieldsEntry[] | undefined {
  if (owners.length === 0) return undefined;
  return owners.toSorted(compareOwners).map((owner) => owner.entry ?? renderEntry(owner));
}

function renderEntry(owner: Owner): ManagedFieldsEntry {
  return {
    manager: owner.manager,
    operation: owner.operation,
    apiVersion: owner.apiVersion,
    ...(owner.time === undefined ? {} : { time: owner.time }),
    fieldsType: 'FieldsV1',
    fieldsV1: sortSet(owner.fields),
    ...(owner.subresource === '' ? {} : { subresource: owner.subresource }),
  };
}

function compareOwners(left: Owner, right: Owner): number {
  return (
    compareText(left.operation, right.operation) ||
    compareText(secondsOf(left), secondsOf(right)) ||
    compareText(left.manager, right.manager) ||
    compareText(left.apiVersion, right.apiVersion) ||
    compareText(left.subresource, right.subresource)
  );
}

function secondsOf(owner: Owner): string {
  return owner.time ?? '';
}

export function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** With `fields` instead of its own; undefined when that leaves nothing. */
export function withFields(owner: Owner, fields: FieldSet): Owner | undefined {
  if (fields === owner.fields) return owner;
  return isEmptySet(fields) ? undefined : { ...owner, fields, entry: undefined };
}

/** At most ten updaters are kept: of those of one version the oldest become one, named `ancient-changes`. */
export function capUpdaters(owners: readonly Owner[]): readonly Owner[] {
  const updaters = owners.filter((owner) => owner.operation === 'Update');
  if (updaters.length <= maxUpdateManagers) return owners;
  const oldest = updaters.toSorted(
    (a, b) => compareText(secondsOf(a), secondsOf(b)) || compareText(identity(a), identity(b)),
  );
  const kept = new Set<Owner>(owners);
  const buckets = new Map<string, Owner>();
  let count = updaters.length;
  for (const owner of oldest) {
    if (count <= maxUpdateManagers) break;
    const bucket = buckets.get(owner.apiVersion);
    if (bucket === undefined) {
      buckets.set(owner.apiVersion, owner);
      continue;
    }
    const joined: Owner = {
      manager: 'ancient-changes',
      operation: 'Update',
      apiVersion: owner.apiVersion,
      subresource: '',
      time: owner.time,
      fields: unionSets(bucket.fields, owner.fields),
    };
    kept.delete(bucket);
    kept.delete(owner);
    kept.add(joined);
    buckets.set(owner.apiVersion, joined);
    count -= 1;
  }
  return [...kept];
}

function identity(owner: Owner): string {
  return `${owner.manager}\n${owner.apiVersion}\n${owner.subresource}`;
}
