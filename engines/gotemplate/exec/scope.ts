import type { FunctionMap } from '../functions.ts';
import type { CommandNode, ListNode, Operand, Tree } from '../parse/node.ts';
import type { Expression, Step } from './frame.ts';
import type { Place } from './place.ts';

/** What the compilation of one template knows: which slot each variable in scope has. */
export interface Scope {
  readonly tree: Tree;
  /** Signatures of the functions; which function runs is looked up when it runs. */
  readonly functions: FunctionMap;
  readonly variables: { readonly name: string; readonly slot: number }[];
  /** How many slots the template needs. */
  slots: number;
  /** The compilers of what nests within itself. */
  readonly compileOperand: (scope: Scope, operand: Operand) => Expression;
  readonly compileList: (scope: Scope, list: ListNode) => Step;
}

export function declareVariable(scope: Scope, name: string): number {
  const slot = scope.slots++;
  scope.variables.push({ name, slot });
  return slot;
}

/** The slot of the innermost variable of that name. */
export function findSlot(scope: Scope, name: string): number | undefined {
  return scope.variables.findLast((variable) => variable.name === name)?.slot;
}

export function placeOf(scope: Scope, node: Operand | CommandNode): Place {
  return { tree: scope.tree, node };
}
