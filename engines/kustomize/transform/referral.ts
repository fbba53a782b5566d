import { renderObject } from '../resource/render-object.ts';
import {
  currentId,
  kindOf,
  namePrefixes,
  nameSuffixes,
  namespaceOf,
  originalId,
  previousIds,
  type Resource,
} from '../resource/resource.ts';
import { formatId, type Gvk, isSelectedGvk, noSpace, type ResourceId } from '../resource/resource-id.ts';
import type { ResourceList } from '../resource/resource-list.ts';
import { getField, lookUp } from '../yaml/fields.ts';
import { type Node, textOf } from '../yaml/node.ts';
import { nodeToValue } from '../yaml/node-value.ts';

/** An object that others may refer to, with what is looked at ready. */
export interface Candidate {
  readonly resource: Resource;
  readonly id: ResourceId;
  readonly name: string;
  readonly namespace: string;
  readonly originalSpace: string;
  readonly previous: readonly ResourceId[];
}

export interface Referrer {
  readonly resource: Resource;
  readonly candidates: readonly Candidate[];
}

/** The objects of a list as candidates; names do not change while references are fixed. */
export function candidatesFor(list: ResourceList): { reachableFrom(referrer: Resource): readonly Candidate[] } {
  const all = list.items.map(makeCandidate);
  const bySpace = new Map<string, readonly Candidate[]>();
  return {
    reachableFrom({ node }) {
      const { space } = currentId(node);
      if (space === noSpace) return all;
      const others = subjectNamespaces({ node, variables: [] });
      const known = bySpace.get(space);
      if (known !== undefined && others.size === 0) return known;
      const reachable = all.filter(
        ({ id, namespace }) => id.space === noSpace || id.space === space || others.has(namespace),
      );
      if (others.size === 0) bySpace.set(space, reachable);
      return reachable;
    },
  };
}

function makeCandidate(resource: Resource): Candidate {
  const id = currentId(resource.node);
  return {
    resource,
    id,
    name: id.name,
    namespace: namespaceOf(resource.node),
    originalSpace: originalId(resource.node).space,
    previous: previousIds(resource.node),
  };
}

/** The namespaces of the service accounts that a RoleBinding is for. */
function subjectNamespaces({ node }: Resource): Set<string> {
  if (kindOf(node) !== 'RoleBinding') return new Set();
  const subjects = getField(node, 'subjects')?.content ?? [];
  const accounts = subjects.filter((subject) => textOf(getField(subject, 'kind')) === 'ServiceAccount');
  return new Set(accounts.flatMap((account) => namespaceOfSubject(account, node) ?? []));
}

function namespaceOfSubject(subject: Node, binding: Node): string | undefined {
  const namespace = getField(subject, 'namespace');
  if (namespace === undefined) return undefined;
  const value = nodeToValue(namespace);
  if (typeof value === 'string') return value;
  throw new Error(`Invalid Input: namespace is blank for resource ${JSON.stringify(formatId(currentId(binding)))}\n`);
}

interface Place extends Referrer {
  readonly target: Gvk;
  readonly path: string;
}

/** The object that a name means; undefined when it is none of them. Throws when it may be several that are not alike. */
export function chooseReferral(
  name: string,
  candidates: readonly Candidate[],
  place: Place,
  same: (a: Candidate, b: Candidate) => boolean,
): Candidate | undefined {
  const named = candidates.filter(
    ({ previous }) => previous.some((id) => id.name === name) && previous.some((id) => isSelectedGvk(id, place.target)),
  );
  if (named.length === 0) return undefined;
  let found = named.filter(roleFilter(place)).filter(namespaceFilter(place));
  if (found.length === 1) return found[0];
  found = found.filter((item) => sameAffixes(item.resource, place.resource, true));
  if (found.length > 1) found = found.filter((item) => sameAffixes(item.resource, place.resource, false));
  const [first] = found;
  if (first === undefined || found.every((item) => same(item, first))) return first;
  throw ambiguousReferral(place.resource, found);
}

/** Shows all objects that it is about. */
function ambiguousReferral(referrer: Resource, found: readonly Candidate[]): Error {
  const ids = found.map(({ id }) => formatId(id)).join(', ');
  const objects = found
    .map(({ resource }, i) => `--- possible referral ${i}:\n${renderObject(resource.node)}\n`)
    .join('');
  const all = `**** Too many possible referral targets to referrer:\n${renderObject(referrer.node)}\n${objects}`;
  return new Error(`found multiple possible referrals: ${ids}\n\n${all}`);
}

/** A role reference says itself which kind it means. */
function roleFilter({ path, resource }: Place): (item: Candidate) => boolean {
  if (!path.endsWith('roleRef/name')) return () => true;
  const group = lookUp(resource.node, 'roleRef', 'apiGroup');
  const kind = lookUp(resource.node, 'roleRef', 'kind');
  if (group === undefined || kind === undefined) return () => true;
  const wanted = { group: group.value, version: '', kind: kind.value };
  return ({ previous }) => previous.some((id) => isSelectedGvk(id, wanted));
}

function namespaceFilter({ resource }: Place): (item: Candidate) => boolean {
  const { space } = currentId(resource.node);
  if (space === noSpace) return () => true;
  return ({ id }) => id.space === noSpace || id.kind === 'ServiceAccount' || id.space === space;
}

/** Whether both objects were renamed in the same layers, as far as the shorter list of renames tells. */
function sameAffixes(a: Resource, b: Resource, allowNone: boolean): boolean {
  const pairs = [
    [namePrefixes(a.node), namePrefixes(b.node)],
    [nameSuffixes(a.node), nameSuffixes(b.node)],
  ] as const;
  return pairs.every(
    ([one, other]) => (allowNone && (one.length === 0 || other.length === 0)) || sameEnding(one, other),
  );
}

function sameEnding(one: readonly string[], other: readonly string[]): boolean {
  const [short, long] = one.length > other.length ? [other, one] : [one, other];
  if (short.length === 0) return long.length === 0;
  return short.every((text, i) => long[i + long.length - short.length] === text);
}
