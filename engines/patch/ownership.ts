import type { UnknownObject } from '@croft/api/object';
import type { FieldType } from '@croft/schema/field-type';
import { type Comparison, compareFields } from './compare-fields.ts';
import {
  emptySet,
  type FieldSet,
  type FieldSetDraft,
  insertPath,
  intersectSets,
  isEmptySet,
  subtractBelow,
  subtractSets,
  unionSets,
} from './field-set.ts';
import { type Owner, sameOwner, withFields } from './managed-fields.ts';
import { fieldElement } from './path-elements.ts';

/** What both ways of writing tell of the request. */
export interface OwnershipRequest {
  /** The stored object with its managedFields; undefined when the object is created. */
  readonly live: UnknownObject | undefined;
  readonly manager: string;
  /** Of the version the request is made in; `live` and the new object are in that version. */
  readonly type: FieldType;
  readonly apiVersion: string;
  readonly subresource?: string | undefined;
  /** RFC 3339. Left out, a changed entry has no time, as with the scale subresource. */
  readonly time?: string | undefined;
  /** Paths that this endpoint resets, so that nobody comes to own them by it: `[['status']]`. */
  readonly resetFields?: readonly (readonly string[])[];
  /**
   * The object in another version of its kind, with that version's type; undefined when that is served no more: its
   * managers are forgotten. Left out, all versions are taken to be alike.
   */
  readonly convert?: (object: UnknownObject, apiVersion: string) => Versioned | undefined;
}

export interface Versioned {
  readonly object: UnknownObject;
  readonly type: FieldType;
}

/** Fields that another manager owns and this write changes. */
export interface Conflict {
  readonly owner: Owner;
  readonly fields: FieldSet;
}

export interface Transfer {
  /** The other managers, without what the write took from them or removed. */
  readonly others: Owner[];
  readonly conflicts: Conflict[];
  /** In the version of the request, without reset fields. */
  readonly comparison: Comparison;
}

/** What a write from `before` to `after` does to the fields of all managers but the one that writes. */
export function transferFields(
  request: OwnershipRequest,
  before: UnknownObject,
  after: UnknownObject,
  owners: readonly Owner[],
  writer: Owner,
): Transfer {
  const reset = resetSet(request.resetFields);
  const comparison = filterComparison(compareFields(before, after, request.type), reset);
  const byVersion = new Map<string, Comparison | undefined>([[request.apiVersion, comparison]]);
  const others: Owner[] = [];
  const conflicts: Conflict[] = [];
  for (const owner of owners) {
    if (sameOwner(owner, writer)) continue;
    const compared = comparisonIn(owner.apiVersion, request, before, after, byVersion);
    if (compared === undefined) continue;
    const taken = intersectSets(owner.fields, unionSets(compared.modified, compared.added));
    if (!isEmptySet(taken)) conflicts.push({ owner, fields: taken });
    const left = withFields(owner, subtractSets(subtractSets(owner.fields, taken), compared.removed));
    if (left !== undefined) others.push(left);
  }
  return { others, conflicts, comparison };
}

function comparisonIn(
  apiVersion: string,
  request: OwnershipRequest,
  before: UnknownObject,
  after: UnknownObject,
  known: Map<string, Comparison | undefined>,
): Comparison | undefined {
  if (known.has(apiVersion)) return known.get(apiVersion);
  let comparison = known.get(request.apiVersion);
  if (request.convert !== undefined) {
    const left = request.convert(before, apiVersion);
    const right = request.convert(after, apiVersion);
    comparison =
      left === undefined || right === undefined ? undefined : compareFields(left.object, right.object, right.type);
  }
  known.set(apiVersion, comparison);
  return comparison;
}

function filterComparison(comparison: Comparison, reset: FieldSet): Comparison {
  if (isEmptySet(reset)) return comparison;
  return {
    added: subtractBelow(comparison.added, reset),
    removed: subtractBelow(comparison.removed, reset),
    modified: subtractBelow(comparison.modified, reset),
  };
}

const resetSets = new WeakMap<readonly (readonly string[])[], FieldSet>();

export function resetSet(paths: readonly (readonly string[])[] | undefined): FieldSet {
  if (paths === undefined || paths.length === 0) return emptySet;
  const known = resetSets.get(paths);
  if (known !== undefined) return known;
  const set: FieldSetDraft = {};
  for (const path of paths) insertPath(set, path.map(fieldElement));
  resetSets.set(paths, set);
  return set;
}

/** Fields that the server keeps itself; nobody owns them. */
const serverFields: FieldSet = {
  'f:apiVersion': {},
  'f:kind': {},
  'f:metadata': {
    '.': {},
    'f:clusterName': {},
    'f:creationTimestamp': {},
    'f:generation': {},
    'f:managedFields': {},
    'f:name': {},
    'f:namespace': {},
    'f:resourceVersion': {},
    'f:selfLink': {},
    'f:uid': {},
  },
};

export function withoutServerFields(fields: FieldSet): FieldSet {
  return subtractSets(fields, serverFields);
}
