import type { UnknownObject } from '@croft/api/object';
import { isJsonObject, jsonEqual } from '@croft/foundation/json';
import { emptyObject } from './empty-object.ts';
import { emptySet, isEmptySet, subtractBelow, unionSets } from './field-set.ts';
import {
  capUpdaters,
  type ManagedFieldsEntry,
  type Owner,
  parseOwners,
  renderManagedFields,
  sameOwner,
} from './managed-fields.ts';
import { type OwnershipRequest, resetSet, transferFields, withoutServerFields } from './ownership.ts';

export interface UpdateRequest extends OwnershipRequest {
  /** The object as it is to be stored: decoded, defaulted, its managedFields as the client sent them. */
  readonly next: UnknownObject;
}

/** `next` with the managedFields after a create, update or patch by the manager: what changed is now its own. */
export function updateManagedFields(request: UpdateRequest): UnknownObject {
  const { live, next } = request;
  const owners = ownersFor(request);
  const untracked = owners.length === 0 && live !== undefined;
  if (untracked) return withManagedFields(next, undefined);
  const updated = trackUpdate(request, live ?? emptyObject(request.type), next, owners);
  return withManagedFields(next, renderManagedFields(capUpdaters(updated)));
}

/** The managers after an update by the request's manager; its own entry keeps its time when it gained nothing. */
export function trackUpdate(
  request: OwnershipRequest,
  before: UnknownObject,
  after: UnknownObject,
  owners: readonly Owner[],
): readonly Owner[] {
  const writer = writerOf(request, 'Update');
  const bystander: Owner = { ...writer, manager: '', operation: 'Apply', subresource: '\u0000' };
  const { others, comparison } = transferFields(request, before, after, owners, bystander);
  const gained = unionSets(comparison.added, comparison.modified);
  const fields = withoutServerFields(subtractBelow(gained, resetSet(request.resetFields)));
  if (isEmptySet(fields)) return others;
  const previous = others.find((owner) => sameOwner(owner, writer));
  const grown = { ...writer, fields: unionSets(previous?.fields ?? emptySet, fields) };
  return [...others.filter((owner) => owner !== previous), grown];
}

export function writerOf(request: OwnershipRequest, operation: Owner['operation']): Owner {
  return {
    manager: request.manager === '' ? 'unknown' : request.manager,
    operation,
    apiVersion: request.apiVersion,
    subresource: request.subresource ?? '',
    time: request.time,
    fields: emptySet,
  };
}

/** The entries that the client sent count, unless there are none, they are broken, or it wrote a subresource. */
function ownersFor({ live, next, subresource }: UpdateRequest): readonly Owner[] {
  const stored = () => parseOwners(live?.metadata?.managedFields) ?? [];
  if (subresource !== undefined && subresource !== '') return stored();
  const sent: unknown = next.metadata?.managedFields;
  if (isReset(sent)) return [];
  const owners = parseOwners(sent);
  return owners === undefined || owners.length === 0 ? stored() : owners;
}

/** An empty list, or one with one empty entry, forgets all managers. */
function isReset(entries: unknown): boolean {
  if (!Array.isArray(entries)) return false;
  return entries.length === 0 || (entries.length === 1 && jsonEqual(entries[0], {}));
}

export function withManagedFields(object: UnknownObject, entries: ManagedFieldsEntry[] | undefined): UnknownObject {
  const { managedFields: _, ...metadata } = object.metadata ?? {};
  const managed = entries === undefined ? {} : { managedFields: entries };
  return { ...object, metadata: { ...metadata, ...managed } as NonNullable<UnknownObject['metadata']> };
}

/**
 * `next`, or `live` itself when the two differ in nothing but the times of managedFields: then nothing is to be
 * written.
 */
export function withoutTimeChanges(live: UnknownObject, next: UnknownObject): UnknownObject {
  if (live === next) return live;
  for (const key of new Set([...Object.keys(live), ...Object.keys(next)])) {
    if (key !== 'metadata' && !jsonEqual(live[key], next[key])) return next;
  }
  const { managedFields: before, ...liveMeta } = live.metadata ?? {};
  const { managedFields: after, ...nextMeta } = next.metadata ?? {};
  return jsonEqual(liveMeta, nextMeta) && jsonEqual(timeless(before), timeless(after)) ? live : next;
}

function timeless(entries: unknown): unknown {
  if (!Array.isArray(entries)) return [];
  return entries
    .map((entry: unknown) => (isJsonObject(entry) ? { ...entry, time: '' } : entry))
    .toSorted((a, b) => compareJson(a, b));
}

function compareJson(left: unknown, right: unknown): number {
  const a = identity(left);
  const b = identity(right);
  return a < b ? -1 : a > b ? 1 : 0;
}

function identity(entry: unknown): string {
  if (!isJsonObject(entry)) return '';
  return JSON.stringify([entry.manager, entry.operation, entry.apiVersion, entry.subresource]);
}
