import type { UnknownObject } from '@croft/api/object';
import { jsonEqual } from '@croft/foundation/json';
import { findTypeErrors } from './check-type.ts';
import { collectFields } from './collect-fields.ts';
import { conflictError } from './conflict-error.ts';
import { emptyObject } from './empty-object.ts';
import { type FieldSet, intersectSets, isEmptySet, subtractBelow, subtractSets, unionSets } from './field-set.ts';
import { findLastAppliedFields, syncLastApplied } from './last-applied.ts';
import { type Owner, parseOwners, renderManagedFields, sameOwner } from './managed-fields.ts';
import { mergeFields } from './merge-fields.ts';
import { type Conflict, type OwnershipRequest, resetSet, transferFields, withoutServerFields } from './ownership.ts';
import { badPatch, failedPatch } from './patch-error.ts';
import { pruneFields } from './prune-fields.ts';
import { trackUpdate, withManagedFields, writerOf } from './update-managed-fields.ts';

export interface ApplyRequest extends OwnershipRequest {
  /** The configuration as it was sent, with apiVersion, kind and metadata.name. */
  readonly applied: UnknownObject;
  readonly force?: boolean;
}

export interface Applied {
  /**
   * The merged object with its managedFields. It may hold nulls and other notations that were applied: it still has to
   * be decoded, defaulted and validated as a sent object is.
   */
  readonly object: UnknownObject;
  /** False when nothing but managedFields differs from `live`. */
  readonly changed: boolean;
}

interface Outcome {
  readonly merged: UnknownObject;
  readonly owners: readonly Owner[];
  readonly changed: boolean;
}

/** Whom the fields belong to that were there before the first apply. */
const beforeFirstApply = 'before-first-apply';
const kubectl = 'kubectl';

/**
 * Server-side apply (k8s.io/apimachinery/pkg/util/managedfields). Throws StatusError: 409 with a cause for each
 * conflict, 400 and 500 for a configuration that does not fit. `live` is undefined when the object is created.
 */
export function applyServerSide(request: ApplyRequest): Applied {
  validateApplied(request);
  const live = request.live === undefined ? {} : withManagedFields(request.live, undefined);
  const owners = ownersBefore(request, live);
  const result = mergeApplied(request, live, owners);
  const outcome = 'conflicts' in result ? settleConflicts(request, live, owners, result.conflicts) : result;
  const object = withManagedFields(outcome.merged, renderManagedFields(outcome.owners));
  return {
    object: request.manager === kubectl ? syncLastApplied(object, request.applied) : object,
    changed: outcome.changed,
  };
}

function validateApplied({ applied, apiVersion, type }: ApplyRequest): void {
  if (applied.apiVersion !== apiVersion) {
    throw badPatch(
      `Incorrect version specified in apply patch. Specified patch version: ${applied.apiVersion}, expected: ${apiVersion}`,
    );
  }
  if (applied.metadata?.managedFields !== undefined && applied.metadata.managedFields !== null) {
    throw badPatch('metadata.managedFields must be nil');
  }
  const errors = findTypeErrors(applied, type);
  if (errors !== undefined) throw failedPatch(`failed to create typed patch object (${describe(applied)}): ${errors}`);
}

/** As Kubernetes names an object in such errors: `namespace/name; group/version, Kind=kind`. */
function describe({ apiVersion = '', kind, metadata }: UnknownObject): string {
  const group = apiVersion.includes('/') ? apiVersion : `/${apiVersion}`;
  return `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}; ${group}, Kind=${kind}`;
}

function ownersBefore(request: ApplyRequest, live: UnknownObject): readonly Owner[] {
  const owners = parseOwners(request.live?.metadata?.managedFields);
  if (owners === undefined) throw failedPatch('failed to decode managed fields: an entry of the live object is broken');
  if (owners.length > 0 || request.live === undefined) return owners;
  return trackUpdate({ ...request, manager: beforeFirstApply }, emptyObject(request.type), live, []);
}

function mergeApplied(
  request: ApplyRequest,
  live: UnknownObject,
  owners: readonly Owner[],
): Outcome | { conflicts: readonly Conflict[] } {
  const writer = writerOf(request, 'Apply');
  const previous = owners.find((owner) => sameOwner(owner, writer));
  const { managedFields: _, ...metadata } = request.applied.metadata ?? {};
  const config = { ...request.applied, metadata };
  const fields = subtractBelow(collectFields(config, request.type), resetSet(request.resetFields));
  const merged = pruned(request, mergeFields(live, config, request.type), previous, owners, fields);
  const { others, conflicts } = transferFields(request, live, merged, owners, writer);
  if (conflicts.length > 0 && request.force !== true) return { conflicts };
  const changed = merged !== live && !jsonEqual(live, merged);
  return { merged: changed ? merged : live, owners: withApplier(others, writer, previous, fields, changed), changed };
}

function pruned(
  request: ApplyRequest,
  merged: UnknownObject,
  previous: Owner | undefined,
  owners: readonly Owner[],
  fields: FieldSet,
): UnknownObject {
  if (previous === undefined || isEmptySet(previous.fields)) return merged;
  const dropped = subtractSets(previous.fields, fields);
  if (isEmptySet(dropped)) return merged;
  const others = owners.filter((owner) => owner !== previous).map((owner) => owner.fields);
  return pruneFields(merged, request.type, previous.fields, others.reduce(unionSets, fields));
}

/** The applier's entry: gone when it owns nothing, as it was when it owns the same and changed nothing. */
function withApplier(
  others: readonly Owner[],
  writer: Owner,
  previous: Owner | undefined,
  config: FieldSet,
  changed: boolean,
): readonly Owner[] {
  const fields = withoutServerFields(config);
  if (isEmptySet(fields)) return others;
  if (changed) return [...others, { ...writer, fields }];
  const same = previous?.apiVersion === writer.apiVersion && jsonEqual(previous.fields, fields);
  return [...others, same ? previous : { ...writer, time: previous?.time, fields }];
}

/** kubectl may take over, without force, what its client-side apply set before. */
function settleConflicts(
  request: ApplyRequest,
  live: UnknownObject,
  owners: readonly Owner[],
  conflicts: readonly Conflict[],
): Outcome {
  const allowed = request.manager === kubectl ? findLastAppliedFields(live, request) : undefined;
  if (allowed === undefined) throw conflictError(conflicts);
  const left = conflicts
    .map(({ owner, fields }) => ({ owner, fields: subtractSets(fields, intersectSets(fields, allowed)) }))
    .filter(({ fields }) => !isEmptySet(fields));
  if (left.length > 0) throw conflictError(left);
  const forced = mergeApplied({ ...request, force: true }, live, owners);
  if ('conflicts' in forced) throw conflictError(forced.conflicts);
  return forced;
}
