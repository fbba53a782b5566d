import type { FunctionLookup } from '../functions.ts';
import type { CommandNode, ListNode, Operand, Tree } from '../parse/node.ts';
import type { Expression, Step } from './frame.ts';
import type { Place } from './place.ts';

export interface Variable {
  readonly name: string;
  readonly slot: number;
  readonly outer: Variable | undefined;
}

/** What the compilation of one template knows: which slot each variable in scope has. */
export interface Scope {
  readonly tree: Tree;
  /** Signatures of the functions; which function runs is looked up when it runs. */
  readonly functions: FunctionLookup;
  /** The innermost variable; the others hang on it. Changes as the compilation enters and leaves blocks. */
  variables: Variable | undefined;
  /** Counts the slots of the template: one for every variable that it declares anywhere. */
  readonly slots: { count: number };
  /** The compilers of what nests within itself. */
  readonly compileOperand: (scope: Scope, operand: Operand) => Expression;
  readonly compileList: (scope: Scope, list: ListNode) => Step;
}

export function declareVariable(scope: Scope, name: string): number {
  const slot = scope.slots.count++;
  scope.variables = { name, slot, outer: scope.variables };
  return slot;
}

/** The scope as it was when these variables were in it: for what is compiled only when it runs. */
export function scopeAt(scope: Scope, variables: Variable | undefined): Scope {
  return { ...scope, variables };
}

/** A list that is compiled when it runs first: most branches of most charts are never taken. */
export function compileLater(scope: Scope, list: ListNode): () => Step {
  const { variables } = scope;
  let step: Step | undefined;
  return () => {
    step ??= scope.compileList(scopeAt(scope, variables), list);
    return step;
  };
}

/** The slot of the innermost variable of that name. */
export function findSlot(scope: Scope, name: string): number | undefined {
  let variable = scope.variables;
  while (variable !== undefined && variable.name !== name) variable = variable.outer;
  return variable?.slot;
}

export function placeOf(scope: Scope, node: Operand | CommandNode): Place {
  return { tree: scope.tree, node };
}
