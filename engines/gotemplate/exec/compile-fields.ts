import type { BoundMethod } from '../fmt/methods.ts';
import type { GoFunction } from '../functions.ts';
import type { ChainNode, FieldNode, Operand, VariableNode } from '../parse/node.ts';
import { GoMap, type Maybe } from '../value.ts';
import { type CallPlan, invoke, planCall } from './compile-call.ts';
import { holdsInterfaces, missingKey, readField } from './field.ts';
import type { Expression, Frame } from './frame.ts';
import { lastVisited, type Place } from './place.ts';
import { findSlot, placeOf, type Scope, scopeAt } from './scope.ts';

type Node = FieldNode | VariableNode | ChainNode;

/** A chain of fields and where it begins. */
interface Chain {
  readonly base: Expression;
  /** Whether Go holds the base as interface {}. */
  readonly isWrapped: (frame: Frame) => boolean;
  /** Where errors are reported. */
  readonly place: Place;
  readonly fields: readonly string[];
  /** The last field takes arguments: it must be a method. */
  readonly hasArguments: boolean;
  readonly callMethod: (frame: Frame, bound: BoundMethod, at: number, final: Maybe) => Maybe;
}

/** `.a.b`, `$x.a.b` or `(...).a.b`; the last one may be a method that takes the arguments. */
export function compileFields(scope: Scope, node: Node, operands: readonly Operand[], hasFinal: boolean): Expression {
  const chain: Chain = {
    base: compileBase(scope, node),
    isWrapped: wrappedTest(scope, node),
    place: placeOf(scope, node.kind === 'chain' ? lastVisited(node.of) : node),
    fields: node.fields,
    hasArguments: operands.length > 0 || hasFinal,
    callMethod: compileMethodCall(scope, node, operands, hasFinal),
  };
  return (frame, final) => followChain(frame, chain, final);
}

function compileBase(scope: Scope, node: Node): Expression {
  if (node.kind === 'field') return readDot;
  return scope.compileOperand(scope, node.kind === 'chain' ? node.of : { ...node, fields: [] });
}

function readDot(frame: Frame): Maybe {
  return frame.dot;
}

function wrappedTest(scope: Scope, node: Node): (frame: Frame) => boolean {
  if (node.kind === 'field') return isDotWrapped;
  const slot = node.kind === 'variable' ? findSlot(scope, node.name) : undefined;
  return slot === undefined ? () => false : (frame) => frame.wrapped[slot] === true;
}

function isDotWrapped(frame: Frame): boolean {
  return frame.dotWrapped;
}

/** Calls the method that the field at `at` turned out to be; what that takes is compiled when it is known. */
function compileMethodCall(
  scope: Scope,
  node: Node,
  operands: readonly Operand[],
  hasFinal: boolean,
): Chain['callMethod'] {
  const { variables } = scope;
  const last = node.fields.length - 1;
  let plans: Map<GoFunction, CallPlan> | undefined;
  return (frame, bound, at, final) => {
    const name = node.fields[at] ?? '';
    plans ??= new Map();
    let plan = plans.get(bound.method);
    if (plan === undefined) {
      const site = {
        name,
        head: node,
        whole: node,
        operands: at === last ? operands : [],
        hasFinal: at === last && hasFinal,
      };
      plan = planCall(scopeAt(scope, variables), site, bound.method);
      plans.set(bound.method, plan);
    }
    return invoke(frame, name, plan, final, bound.receiver);
  };
}

/** Goes from field to field; plain map keys, which are most, take the short way. */
function followChain(frame: Frame, chain: Chain, final: Maybe): Maybe {
  const { fields } = chain;
  let value = chain.base(frame);
  let holder: Maybe;
  for (let i = 0; i < fields.length; i++) {
    const name = fields[i] as string;
    const receiver = value;
    const isPlain = !chain.hasArguments || i < fields.length - 1;
    if (isPlain && receiver instanceof Map) {
      value = receiver.get(name);
      if (value === undefined) value = missingKey(frame.run, undefined, name, chain.place);
    } else if (isPlain && receiver instanceof GoMap && receiver.type.methods?.has(name) !== true) {
      value = receiver.entries.get(name);
      if (value === undefined) value = missingKey(frame.run, receiver, name, chain.place);
    } else {
      value = readObject(frame, chain, i, receiver, holder, final);
    }
    holder = receiver;
  }
  return value;
}

function readObject(frame: Frame, chain: Chain, at: number, receiver: Maybe, holder: Maybe, final: Maybe): Maybe {
  const isWrapped = (): boolean =>
    at === 0 ? chain.isWrapped(frame) : holdsInterfaces(holder, chain.fields[at - 1] ?? '');
  return readField(frame.run, receiver, isWrapped, {
    name: chain.fields[at] ?? '',
    place: chain.place,
    hasArguments: chain.hasArguments && at === chain.fields.length - 1,
    callMethod: (bound) => chain.callMethod(frame, bound, at, final),
  });
}
