import { isIndex, isListSelector, parseListSelector } from './field-path.ts';
import { expectKind, findField, setField } from './fields.ts';
import { isNull, makeNode, type Node, type NodeKind } from './node.ts';

/** The node at a path of fields, indexes (`0`, `-` for the last) and selectors (`[name=x]`). Throws where it cannot be. */
export function findPath(node: Node, path: readonly string[]): Node | undefined {
  let at: Node | undefined = node;
  for (const step of path.map((part) => part.trim()).filter((part) => part !== '')) {
    if (at === undefined) return undefined;
    at = findStep(at, step);
  }
  return at;
}

function findStep(node: Node, step: string): Node | undefined {
  if (isIndex(step) || step === '-') {
    expectKind(node, 'sequence');
    return step === '-' ? node.content.at(-1) : node.content[Number(step)];
  }
  if (step === '*') throw new Error('wildcard is not supported in PathGetter');
  if (!isListSelector(step)) return findField(node, step);
  const { field, value } = parseListSelector(step);
  expectKind(node, 'sequence');
  if (field === '') return node.content.find((item) => item.value === value);
  return node.content.find((item) => item.kind === 'mapping' && findField(item, field)?.value === value);
}

/** The kind of node that the next step of a path needs. */
export function kindForStep(next: string | undefined, last: NodeKind): NodeKind {
  if (next === undefined || next === '') return last;
  return isListSelector(next) || isIndex(next) ? 'sequence' : 'mapping';
}

/** The field, made of the given kind when it is missing. Nothing can be made in null. */
export function openField(node: Node, name: string, kind: NodeKind): Node | undefined {
  const field = findField(node, name);
  if (field !== undefined || isNull(node)) return field;
  const made = makeNode(kind);
  setField(node, name, made);
  return made;
}
