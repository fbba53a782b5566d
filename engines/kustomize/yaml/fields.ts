import { writeYaml } from '@croft/encoding/yaml/write';
import { assignNode, copyStyle, isNull, isText, makeNode, makeScalar, type Node, type NodeKind } from './node.ts';
import { nodeToValue } from './node-value.ts';
import { isNonString11 } from './scalar.ts';

/** A place that holds another kind of node than the operation needs. */
export class NodeKindError extends Error {
  override readonly name = 'NodeKindError';
  readonly actual: NodeKind;
  constructor(expected: NodeKind, node: Node) {
    const kinds = { scalar: 'ScalarNode', mapping: 'MappingNode', sequence: 'SequenceNode' };
    super(
      `wrong node kind: expected ${kinds[expected]} but got ${kinds[node.kind]}: node contents:\n${writeNode(node)}`,
    );
    this.actual = node.kind;
  }
}

function writeNode(node: Node): string {
  try {
    return writeYaml(nodeToValue(node));
  } catch {
    return node.value;
  }
}

/** Null is of every kind. */
export function expectKind(node: Node | undefined, kind: NodeKind): void {
  if (node !== undefined && !isNull(node) && node.kind !== kind) throw new NodeKindError(kind, node);
}

function indexOfKey(node: Node, name: string): number {
  const { content } = node;
  for (let i = 0; i + 1 < content.length; i += 2) if (content[i]?.value === name) return i;
  return -1;
}

/** The value of a mapping's field; undefined in what is no mapping. */
export function getField(node: Node | undefined, name: string): Node | undefined {
  if (node === undefined || node.kind !== 'mapping') return undefined;
  const at = indexOfKey(node, name);
  return at < 0 ? undefined : node.content[at + 1];
}

/** Like getField, but throws NodeKindError where a field cannot be. */
export function findField(node: Node | undefined, name: string): Node | undefined {
  if (node === undefined || isNull(node)) return undefined;
  expectKind(node, 'mapping');
  return getField(node, name);
}

export function fieldNames(node: Node | undefined): string[] {
  return node === undefined ? [] : node.content.filter((_, i) => i % 2 === 0).map((key) => key.value);
}

export function clearField(node: Node | undefined, name: string): void {
  if (node === undefined) return;
  expectKind(node, 'mapping');
  const at = indexOfKey(node, name);
  if (at >= 0) node.content = node.content.toSpliced(at, 2);
}

/**
 * Sets a field, or the node itself where the name is ''. What was there keeps its quotes, so that the new text may mean
 * something else than before. No value, or null, clears the field.
 */
export function setField(node: Node, name: string, value: Node | undefined, keyQuoted = false): void {
  if (value !== undefined && isText(value) && !value.quoted && isNonString11(value.value)) value.quoted = true;
  if (name === '') {
    expectKind(node, 'scalar');
    if (value === undefined || isNull(value)) return;
    copyStyle(value, node);
    assignNode(node, value);
    return;
  }
  if (value === undefined || (isNull(value) && value.keep !== true)) {
    clearField(node, name);
    return;
  }
  const field = findField(node, name);
  if (field === undefined) {
    node.content = [...node.content, { ...makeScalar(name), quoted: keyQuoted }, value];
    return;
  }
  if (field === value) return;
  copyStyle(value, field);
  assignNode(field, value);
}

/** Sets a field as it is, key included. */
export function setEntry(node: Node, key: Node, value: Node): void {
  const at = indexOfKey(node, key.value);
  if (at < 0) node.content.push(key, value);
  else node.content.splice(at, 2, key, value);
}

/** The node at the path of fields; undefined when it is not there. */
export function lookUp(node: Node, ...path: string[]): Node | undefined {
  let at: Node | undefined = node;
  for (const name of path) {
    at = findField(at, name);
    if (at === undefined) return undefined;
  }
  return at;
}

/** The node at the path of fields; what is missing is made, the last of the given kind. */
export function lookUpOrCreate(node: Node, kind: NodeKind, ...path: string[]): Node | undefined {
  let at: Node = node;
  for (const [i, name] of path.entries()) {
    let next = findField(at, name);
    if (next === undefined) {
      if (isNull(at)) return undefined;
      next = makeNode(i === path.length - 1 ? kind : 'mapping');
      setField(at, name, next);
    }
    at = next;
  }
  return at;
}
