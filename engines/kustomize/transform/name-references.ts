import { errorMessage } from '@croft/foundation/errors';
import type { NameReference } from '../config/default-references.ts';
import type { FieldSpec } from '../config/field-spec.ts';
import { currentId, gvkOf, originalId } from '../resource/resource.ts';
import { formatId, isSelectedGvk } from '../resource/resource-id.ts';
import type { ResourceList } from '../resource/resource-list.ts';
import { findField, setField } from '../yaml/fields.ts';
import { isNull, makeScalar, type Node } from '../yaml/node.ts';
import { applySpec } from './apply-spec.ts';
import { type Candidate, candidatesFor, chooseReferral, type Referrer } from './referral.ts';

/** Rewrites the names by which objects refer to others that have been renamed. Throws when it is not clear to which. */
export function fixNameReferences(list: ResourceList, references: readonly NameReference[]): void {
  const candidates = candidatesFor(list);
  for (const resource of list.items) {
    const original = originalId(resource.node);
    const referrer = { resource, candidates: candidates.reachableFrom(resource) };
    for (const reference of references) {
      for (const field of reference.fields) {
        if (isSelectedGvk(original, field)) fixField(referrer, field, reference);
      }
    }
  }
}

function fixField(referrer: Referrer, field: FieldSpec, target: NameReference): void {
  const { node } = referrer.resource;
  const set = (found: Node): void => setReference(found, { ...referrer, target, path: field.path });
  try {
    applySpec(node, { ...field, ...gvkOf(node), create: false }, set);
  } catch (error) {
    const id = formatId(currentId(node));
    throw new Error(`updating name reference in '${field.path}' field of '${id}': ${errorMessage(error)}`);
  }
}

interface Place extends Referrer {
  readonly target: NameReference;
  readonly path: string;
}

function setReference(node: Node, place: Place): void {
  if (isNull(node)) return;
  if (node.kind === 'scalar') return setScalar(node, place);
  if (node.kind === 'mapping') return setMapping(node, place);
  for (const item of node.content) {
    if (isNull(item)) continue;
    if (item.kind === 'scalar') setScalar(item, place);
    else if (item.kind === 'mapping') setMapping(item, place);
    else throw new Error('a reference is expected to be either a string or a map of string');
  }
}

function setScalar(node: Node, place: Place): void {
  const found = chooseReferral(node.value, place.candidates, place, (a, b) => a.name === b.name);
  if (found !== undefined && found.name !== node.value) setField(node, '', makeScalar(found.name));
}

/** A reference by name and namespace: both are set. */
function setMapping(node: Node, place: Place): void {
  const nameNode = findField(node, 'name');
  if (nameNode === undefined) throw new Error("path config error; no 'name' field in node");
  const namespaceNode = findField(node, 'namespace');
  const candidates =
    namespaceNode === undefined ? place.candidates : inNamespace(place.candidates, namespaceNode.value);
  const same = (a: Candidate, b: Candidate): boolean => a.name === b.name && a.namespace === b.namespace;
  const found = chooseReferral(nameNode.value, candidates, place, same);
  if (found === undefined || (found.name === nameNode.value && found.namespace === '')) return;
  setField(node, 'name', makeScalar(found.name));
  if (found.namespace !== '') setField(node, 'namespace', makeScalar(found.namespace));
}

/** Those that were in the namespace at first, else those that are in it now. */
function inNamespace(candidates: readonly Candidate[], namespace: string): Candidate[] {
  const before = candidates.filter((item) => item.originalSpace === namespace);
  return before.length > 0 ? before : candidates.filter((item) => item.id.space === namespace);
}
