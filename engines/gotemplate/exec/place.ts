import { byteLength } from '../bytes.ts';
import { TemplateExecError } from '../errors.ts';
import { quoteString } from '../fmt/quote.ts';
import {
  type ActionNode,
  type CommandNode,
  describeNode,
  type Operand,
  type TemplateNode,
  type Tree,
} from '../parse/node.ts';

/** The node that an error is reported at. */
export interface Place {
  readonly tree: Tree;
  readonly node: Operand | CommandNode | ActionNode | TemplateNode;
}

/** Fails with text/template's words; what a function threw is the cause. */
export function failAt(place: Place, problem: string, cause?: unknown): never {
  throw new TemplateExecError(errorText(place, problem), place.tree.name, cause);
}

/** A problem as text/template reports it: with template, line, column in bytes, and the node's source. */
export function errorText({ tree, node }: Place, problem: string): string {
  const before = tree.text.slice(0, node.at);
  const line = before.split('\n').length;
  const column = byteLength(before.slice(before.lastIndexOf('\n') + 1));
  const where = `template: ${tree.source}:${line}:${column}: executing ${quoteString(tree.name)}`;
  return `${where} at <${describeNode(node)}>: ${problem}`;
}

/**
 * The node that Go's evaluation has looked at last once this one is evaluated: errors about the value as a whole are
 * reported there.
 */
export function lastVisited(node: Operand | CommandNode): Operand {
  switch (node.kind) {
    case 'pipe':
      return lastVisited(node.commands[node.commands.length - 1] as CommandNode);
    case 'command':
      return lastVisited(node.operands[node.operands.length - 1] as Operand);
    case 'chain':
      return lastVisited(node.of);
    default:
      return node;
  }
}
