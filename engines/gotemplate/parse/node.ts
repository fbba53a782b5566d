import { quoteString } from '../fmt/quote.ts';

/** Where a node starts, in UTF-16 units of its template's source. */
interface At {
  readonly at: number;
}

export interface ListNode extends At {
  readonly kind: 'list';
  readonly nodes: Node[];
}
export interface TextNode extends At {
  readonly kind: 'text';
  readonly text: string;
}
export interface ActionNode extends At {
  readonly kind: 'action';
  readonly pipe: PipeNode;
}
export interface BranchNode extends At {
  readonly kind: 'if' | 'with' | 'range';
  readonly pipe: PipeNode;
  readonly list: ListNode;
  readonly elseList: ListNode | undefined;
}
export interface LoopControlNode extends At {
  readonly kind: 'break' | 'continue';
}
export interface TemplateNode extends At {
  readonly kind: 'template';
  readonly name: string;
  readonly pipe: PipeNode | undefined;
}
export type Node = TextNode | ActionNode | BranchNode | LoopControlNode | TemplateNode;

export interface PipeNode extends At {
  readonly kind: 'pipe';
  declarations: readonly VariableNode[];
  isAssignment: boolean;
  commands: CommandNode[];
}
export interface CommandNode extends At {
  readonly kind: 'command';
  readonly operands: Operand[];
}
export interface IdentifierNode extends At {
  readonly kind: 'identifier';
  readonly name: string;
}
export interface VariableNode extends At {
  readonly kind: 'variable';
  /** With its dollar sign. */
  readonly name: string;
  readonly fields: readonly string[];
}
export interface FieldNode extends At {
  readonly kind: 'field';
  readonly fields: readonly string[];
}
export interface ChainNode extends At {
  readonly kind: 'chain';
  readonly of: Operand;
  readonly fields: string[];
}
export interface LiteralNode extends At {
  readonly kind: 'dot' | 'nil';
}
export interface BoolNode extends At {
  readonly kind: 'bool';
  readonly value: boolean;
}
export interface StringNode extends At {
  readonly kind: 'string';
  /** As written, with its quotes. */
  readonly quoted: string;
  readonly value: string;
}
/** A number constant has every type that can hold its value. */
export interface NumberNode extends At {
  readonly kind: 'number';
  readonly text: string;
  readonly int: bigint | undefined;
  readonly uint: bigint | undefined;
  readonly float: number | undefined;
  readonly complex: { readonly real: number; readonly imag: number } | undefined;
}
export type Operand =
  | IdentifierNode
  | VariableNode
  | FieldNode
  | ChainNode
  | LiteralNode
  | BoolNode
  | StringNode
  | NumberNode
  | PipeNode;

/** One template of a parsed source: the source's own, or one that it defines. */
export interface Tree {
  readonly name: string;
  /** The name of the source that was parsed, which errors give with the line. */
  readonly source: string;
  readonly text: string;
  readonly root: ListNode;
}

/** A node's source as Go's errors print it. */
export function describeNode(node: Operand | CommandNode | ActionNode | TemplateNode | PipeNode): string {
  switch (node.kind) {
    case 'identifier':
      return node.name;
    case 'variable':
      return [node.name, ...node.fields].join('.');
    case 'field':
      return node.fields.map((field) => `.${field}`).join('');
    case 'chain':
      return describeOperand(node.of) + node.fields.map((field) => `.${field}`).join('');
    case 'dot':
      return '.';
    case 'nil':
      return 'nil';
    case 'bool':
      return String(node.value);
    case 'string':
      return node.quoted;
    case 'number':
      return node.text;
    case 'command':
      return node.operands.map(describeOperand).join(' ');
    case 'pipe':
      return describePipe(node);
    case 'action':
      return `{{${describePipe(node.pipe)}}}`;
    case 'template':
      return `{{template ${quoteString(node.name)}${node.pipe === undefined ? '' : ` ${describePipe(node.pipe)}`}}}`;
  }
}

function describePipe(node: PipeNode): string {
  const names = node.declarations.map((variable) => variable.name).join(', ');
  const declared = names === '' ? '' : `${names} ${node.isAssignment ? '=' : ':='} `;
  return declared + node.commands.map(describeNode).join(' | ');
}

function describeOperand(node: Operand): string {
  return node.kind === 'pipe' ? `(${describePipe(node)})` : describeNode(node);
}

/** Go's white space, which a byte order mark is not. */
const notBlank = /[^\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

/** Whether a template holds nothing but blanks. */
export function isEmptyList(list: ListNode): boolean {
  return list.nodes.every((node) => node.kind === 'text' && !notBlank.test(node.text));
}
