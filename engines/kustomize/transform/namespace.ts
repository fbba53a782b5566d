import { encodeJson } from '@croft/encoding/json/encode';
import { errorMessage } from '@croft/foundation/errors';
import { type FieldSpec, fieldSpec } from '../config/field-spec.ts';
import { helmGeneratedAnnotation } from '../resource/build-annotations.ts';
import {
  annotationOf,
  apiVersionOf,
  currentId,
  isEmptyResource,
  kindOf,
  storePreviousId,
} from '../resource/resource.ts';
import { idKey, noSpace } from '../resource/resource-id.ts';
import type { ResourceList } from '../resource/resource-list.ts';
import { expectKind, findField, getField, lookUpOrCreate } from '../yaml/fields.ts';
import { isNull, type Node, textOf } from '../yaml/node.ts';
import { nodeToValue } from '../yaml/node-value.ts';
import { applySpec, applySpecs, type Setter } from './apply-spec.ts';
import { setterOf } from './set-entry.ts';

export interface NamespaceChange {
  readonly namespace: string;
  readonly specs: readonly FieldSpec[];
  /** Sets only what has no namespace. */
  readonly unsetOnly?: boolean;
  /** Which subjects of role bindings to change: `defaultOnly`, `allServiceAccounts` or `none`. */
  readonly subjects?: string;
}

const metadataNamespace = fieldSpec('', 'metadata/namespace', true);
const modes = ['defaultOnly', 'none', 'allServiceAccounts'];

/** Throws when the mode for role bindings does not exist. */
export function validateSubjectMode(mode: string): void {
  if (modes.includes(mode)) return;
  const [first, second, third] = modes.map((name) => JSON.stringify(name));
  const wanted = `must be one of ${first}, ${second} or ${third}`;
  throw new Error(`invalid value ${JSON.stringify(mode)} for setRoleBindingSubjects: ${wanted}`);
}

/** Puts all objects that can have one into a namespace. Throws when two get the same id. */
export function applyNamespace(list: ResourceList, change: NamespaceChange): void {
  if (change.namespace === '') return;
  const counts = new Map<string, number>();
  const count = (node: Node, by: number): number => {
    const key = idKey(currentId(node));
    const total = (counts.get(key) ?? 0) + by;
    counts.set(key, total);
    return total;
  };
  for (const { node } of list.items) count(node, 1);
  for (const resource of list.items) {
    const { node } = resource;
    if (isEmptyResource(resource) || annotationOf(node, helmGeneratedAnnotation) === 'true') continue;
    count(node, -1);
    storePreviousId(node);
    setNamespaceOf(node, change);
    if (count(node, 1) === 1) continue;
    const same = list.withCurrentId(currentId(node));
    const shown = same.map((item) => encodeJson(nodeToValue(item.node))).join(' ');
    throw new Error(`namespace transformation produces ID conflict: [${shown}]`);
  }
}

/** Sets the namespace of one object, and where the specs say it names that of another. */
export function setNamespaceOf(node: Node, change: NamespaceChange): void {
  const isBinding = ['RoleBinding', 'ClusterRoleBinding'].includes(kindOf(node));
  const set = setter(change);
  if (currentId(node).space !== noSpace) applySpec(node, metadataNamespace, set, { kind: 'scalar', tag: '' });
  if (isBinding) setSubjects(node, change);
  const specs = change.specs.filter((spec) => isWanted(spec, apiVersionOf(node)));
  try {
    applySpecs(node, specs, setter(change), { kind: 'scalar', tag: '!!str' });
  } catch (error) {
    throw new Error(`namespace transformation failed: ${errorMessage(error)}`);
  }
}

function isWanted(spec: FieldSpec, apiVersion: string): boolean {
  if (spec.path === 'metadata/namespace') return false;
  if (spec.path === 'metadata/name' && apiVersion !== 'v1') return false;
  const ofBinding = spec.kind === 'RoleBinding' || spec.kind === 'ClusterRoleBinding';
  return !(ofBinding && spec.path === 'subjects/namespace');
}

function setter(change: NamespaceChange): Setter {
  const set = setterOf('', change.namespace, '!!str');
  if (change.unsetOnly !== true) return set;
  return (node) => {
    if (node.kind !== 'scalar' || textOf(node) === '') set(node);
  };
}

function expectSubjects(subjects: Node): void {
  try {
    expectKind(subjects, 'sequence');
  } catch (error) {
    throw new Error(`setting namespace on (cluster)role binding subjects: ${errorMessage(error)}`);
  }
}

function setSubjects(node: Node, change: NamespaceChange): void {
  const mode = change.subjects ?? 'defaultOnly';
  if (mode === 'none') return;
  validateSubjectMode(mode);
  const [field, wanted] = mode === 'defaultOnly' ? ['name', 'default'] : ['kind', 'ServiceAccount'];
  const subjects = findField(node, 'subjects');
  if (subjects === undefined || isNull(subjects)) return;
  expectSubjects(subjects);
  const set = setter(change);
  for (const subject of subjects.content) {
    if (textOf(getField(subject, field ?? '')) !== wanted) continue;
    const namespace = lookUpOrCreate(subject, 'scalar', 'namespace');
    if (namespace !== undefined) set(namespace);
  }
}
