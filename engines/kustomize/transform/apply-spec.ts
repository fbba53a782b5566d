import { errorMessage } from '@croft/foundation/errors';
import type { FieldSpec } from '../config/field-spec.ts';
import { gvkOf, nameOf, namespaceOf } from '../resource/resource.ts';
import { formatId, isSelectedGvk } from '../resource/resource-id.ts';
import { splitPath } from '../yaml/field-path.ts';
import { findField, NodeKindError, setField } from '../yaml/fields.ts';
import { isNull, makeNode, type Node, type NodeKind } from '../yaml/node.ts';

/** What to make of a field that a spec wants created. */
export interface Creation {
  readonly kind: NodeKind;
  readonly tag: string;
}

export type Setter = (node: Node) => void;

/** An error in a field of an object: the message says which. */
export class FieldError extends Error {
  override readonly name = 'FieldError';
}

/** Calls the setter on each node at the spec's path, if the object is of its kind. Throws FieldError. */
export function applySpec(object: Node, spec: FieldSpec, set: Setter, creation?: Creation): void {
  if (!isSelectedGvk(gvkOf(object), spec)) return;
  const path = splitPath(spec.path, '/');
  try {
    walk(object, path, 0, { set, creation: spec.create ? creation : undefined });
  } catch (error) {
    const id = formatId({ ...gvkOf(object), name: nameOf(object), namespace: namespaceOf(object) });
    const cause = error instanceof Error ? error : undefined;
    throw new FieldError(`considering field '${spec.path}' of object ${id}: ${errorMessage(error)}`, { cause });
  }
}

export function applySpecs(object: Node, specs: readonly FieldSpec[], set: Setter, creation?: Creation): void {
  for (const spec of specs) applySpec(object, spec, set, creation);
}

interface Walk {
  readonly set: Setter;
  readonly creation: Creation | undefined;
}

function walk(node: Node, path: readonly string[], at: number, context: Walk): void {
  const step = path[at];
  if (step === undefined) return context.set(node);
  if (isNull(node)) return;
  if (node.kind === 'scalar') throw new Error('expected sequence or mapping node');
  if (node.kind === 'sequence') {
    for (const item of node.content) walkItem(item, path, at, context);
    return;
  }
  const field = openField(node, step, at === path.length - 1, context.creation);
  if (field !== undefined) walk(field, path, at + 1, context);
}

function walkItem(item: Node, path: readonly string[], at: number, context: Walk): void {
  try {
    walk(item, path, at, context);
  } catch (error) {
    const cause = error instanceof NodeKindError ? error : undefined;
    throw new Error(`visit traversal on path: [${path.slice(at).join(' ')}]: ${errorMessage(error)}`, { cause });
  }
}

/** The field of this step, made when it is missing and wanted. `name[]` is a list and never made. */
function openField(node: Node, step: string, last: boolean, creation: Creation | undefined): Node | undefined {
  const name = step.endsWith('[]') ? step.slice(0, -2) : step;
  if (name === '') throw new Error('cannot set or create an empty field name');
  const isList = name !== step;
  const made: Creation | undefined =
    creation === undefined || isList ? undefined : last ? creation : { kind: 'mapping', tag: '!!map' };
  const field = findField(node, name);
  if (field === undefined) {
    if (made === undefined) return undefined;
    setField(node, name, makeNode(made.kind));
    return findField(node, name);
  }
  const kind = isList ? 'sequence' : made?.kind;
  if (field.tag === '!!null' && kind !== undefined) {
    field.kind = kind;
    field.tag = made?.tag ?? '';
  }
  return field;
}
