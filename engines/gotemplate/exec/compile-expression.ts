import { type CommandNode, describeNode, type Operand, type PipeNode, type VariableNode } from '../parse/node.ts';
import type { Maybe } from '../value.ts';
import { compileFunctionCall } from './compile-call.ts';
import { compileConstant } from './compile-constant.ts';
import { compileFields } from './compile-fields.ts';
import type { Expression, Frame } from './frame.ts';
import { failAt, lastVisited } from './place.ts';
import { declareVariable, findSlot, placeOf, type Scope } from './scope.ts';

/** A pipeline; its value is never a nil interface: that counts as nothing. Declares its variables in the scope. */
export function compilePipe(scope: Scope, pipe: PipeNode): Expression {
  const loose = compileLoosePipe(scope, pipe);
  return (frame) => {
    const value = loose(frame);
    return value === null ? undefined : value;
  };
}

/** A pipeline for those to whom a nil interface and nothing are the same: it may give either. */
export function compileLoosePipe(scope: Scope, pipe: PipeNode): Expression {
  const value = compileCommands(scope, pipe);
  if (pipe.declarations.length === 0) return value;
  const stores = pipe.declarations.map((variable) => compileStore(scope, pipe, variable));
  return (frame) => {
    const result = value(frame);
    for (const store of stores) store(frame, result === null ? undefined : result);
    return result;
  };
}

function compileCommands(scope: Scope, pipe: PipeNode): Expression {
  const start = compileCommand(scope, pipe, pipe.commands[0] as CommandNode, false);
  if (pipe.commands.length === 1) return start;
  const rest = pipe.commands.slice(1).map((command) => compileCommand(scope, pipe, command, true));
  return (frame) => {
    let value = start(frame);
    for (const command of rest) value = command(frame, value === null ? undefined : value);
    return value;
  };
}

type Store = (frame: Frame, value: Maybe) => void;

function compileStore(scope: Scope, pipe: PipeNode, variable: VariableNode): Store {
  const slot = pipe.isAssignment ? findSlot(scope, variable.name) : declareVariable(scope, variable.name);
  if (slot === undefined) {
    const place = placeOf(scope, lastVisited(pipe));
    return () => failAt(place, `undefined variable: ${variable.name}`);
  }
  return (frame, value) => {
    frame.variables[slot] = value;
    frame.wrapped[slot] = false;
  };
}

function compileCommand(scope: Scope, pipe: PipeNode, command: CommandNode, hasFinal: boolean): Expression {
  const first = command.operands[0] as Operand;
  const operands = command.operands.slice(1);
  switch (first.kind) {
    case 'identifier':
      return compileFunctionCall(scope, { name: first.name, head: first, whole: command, operands, hasFinal });
    case 'field':
    case 'chain':
      return compileFields(scope, first, operands, hasFinal);
    case 'variable':
      if (first.fields.length > 0) return compileFields(scope, first, operands, hasFinal);
  }
  if (operands.length > 0 || hasFinal) {
    const place = placeOf(scope, first.kind === 'pipe' ? pipe : first);
    return () => failAt(place, `can't give argument to non-function ${describeNode(first)}`);
  }
  return compileOperand(scope, first);
}

/** An operand that stands alone: as a command without arguments, or as an argument of any type. */
export function compileOperand(scope: Scope, operand: Operand): Expression {
  switch (operand.kind) {
    case 'identifier':
      return compileFunctionCall(scope, {
        name: operand.name,
        head: operand,
        whole: operand,
        operands: [],
        hasFinal: false,
      });
    case 'field':
    case 'chain':
      return compileFields(scope, operand, [], false);
    case 'variable':
      return operand.fields.length > 0 ? compileFields(scope, operand, [], false) : compileVariable(scope, operand);
    case 'pipe':
      return compilePipe(scope, operand);
    case 'dot':
      return (frame) => frame.dot;
    case 'nil': {
      const place = placeOf(scope, operand);
      return () => failAt(place, 'nil is not a command');
    }
    default:
      return compileConstant(scope, operand);
  }
}

function compileVariable(scope: Scope, node: VariableNode): Expression {
  const slot = findSlot(scope, node.name);
  if (slot !== undefined) return (frame) => frame.variables[slot];
  const place = placeOf(scope, node);
  return () => failAt(place, `undefined variable: ${node.name}`);
}
