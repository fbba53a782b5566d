/**
 * A piece of a YAML document that transformers change in place. kustomize keeps text and tag of a scalar apart, and what
 * a scalar means is decided at the end: many of its results follow from that.
 */
export interface Node {
  kind: 'scalar' | 'mapping' | 'sequence';
  /** `!!str`, `!!int` and so on; '' where the text decides. */
  tag: string;
  value: string;
  /** Whether a scalar is written in quotes or as a block. */
  quoted: boolean;
  /** Elements, or keys and values in turn. */
  content: Node[];
  /** Line in its document, from 1; 0 for what was made here. */
  line: number;
  /** Whether a scalar is written as a folded block (`>`), which may change it. */
  folded?: boolean;
  /** Whether a scalar stands within `[]` or `{}`, where nothing is written as empty text. */
  inFlow?: boolean;
  /** A null that stays where nulls are cleared. */
  keep?: boolean;
}

export type NodeKind = Node['kind'];

export function makeNode(kind: NodeKind, value = '', tag = ''): Node {
  return { kind, tag, value, quoted: false, content: [], line: 0 };
}

/** A scalar whose text decides what it means. */
export function makeScalar(value: string): Node {
  return makeNode('scalar', value);
}

/** A scalar that is text. */
export function makeString(value: string): Node {
  return makeNode('scalar', value, '!!str');
}

export function copyNode(node: Node): Node {
  return { ...node, content: node.content.map(copyNode) };
}

/** Makes the node what the other is; both share their children then. */
export function assignNode(node: Node, other: Node): void {
  Object.assign(node, other);
}

export function isNull(node: Node | undefined): boolean {
  return node === undefined || node.tag === '!!null';
}

export function isNullOrEmpty(node: Node | undefined): boolean {
  return node === undefined || isNull(node) || (node.kind !== 'scalar' && node.content.length === 0);
}

/** Whether a scalar is text, or would be if its text says so. */
export function isText(node: Node): boolean {
  return node.kind === 'scalar' && (node.tag === '!!str' || node.tag === '');
}

/** A scalar's text; '' for null. */
export function textOf(node: Node | undefined): string {
  return node === undefined || isNull(node) ? '' : node.value;
}

/** Writes a node in the way of another. */
export function copyStyle(node: Node, other: Node): void {
  node.quoted = other.quoted;
  node.folded = other.folded === true;
}
