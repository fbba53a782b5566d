import type { BoundMethod } from '../fmt/methods.ts';
import type { GoFunction } from '../functions.ts';
import type { ChainNode, FieldNode, Operand, VariableNode } from '../parse/node.ts';
import { GoMap } from '../value.ts';
import { type CallPlan, invoke, planCall } from './compile-call.ts';
import { holdsInterfaces, missingKey, readField } from './field.ts';
import type { Expression, Frame, Maybe } from './frame.ts';
import { lastVisited, type Place } from './place.ts';
import { findSlot, placeOf, type Scope } from './scope.ts';

/** Where a chain of fields begins. */
interface Base {
  readonly value: Expression;
  readonly isWrapped: (frame: Frame) => boolean;
  readonly place: Place;
}

/** One field of a chain. */
interface Link {
  readonly name: string;
  readonly hasArguments: boolean;
  readonly callMethod: (frame: Frame, bound: BoundMethod, final: Maybe) => Maybe;
}

/** `.a.b`, `$x.a.b` or `(...).a.b`; the last one may be a method that takes the arguments. */
export function compileFields(
  scope: Scope,
  node: FieldNode | VariableNode | ChainNode,
  operands: readonly Operand[],
  hasFinal: boolean,
): Expression {
  const base = compileBase(scope, node);
  const last = node.fields.length - 1;
  const links = node.fields.map((name, i) =>
    i === last ? compileLink(scope, node, name, operands, hasFinal) : compileLink(scope, node, name, [], false),
  );
  return (frame, final) => followLinks(frame, base, links, final);
}

function compileBase(scope: Scope, node: FieldNode | VariableNode | ChainNode): Base {
  const place = placeOf(scope, node);
  if (node.kind === 'field') return { value: readDot, isWrapped: (frame) => frame.dotWrapped, place };
  if (node.kind === 'chain') {
    return {
      value: scope.compileOperand(scope, node.of),
      isWrapped: () => false,
      place: placeOf(scope, lastVisited(node.of)),
    };
  }
  const slot = findSlot(scope, node.name);
  const value = scope.compileOperand(scope, { ...node, fields: [] });
  return { value, isWrapped: (frame) => slot !== undefined && frame.wrapped[slot] === true, place };
}

function readDot(frame: Frame): Maybe {
  return frame.dot;
}

function compileLink(scope: Scope, node: Operand, name: string, operands: readonly Operand[], hasFinal: boolean): Link {
  const plans = new Map<GoFunction, CallPlan>();
  const here = { ...scope };
  return {
    name,
    hasArguments: operands.length > 0 || hasFinal,
    callMethod: (frame, bound, final) => {
      let plan = plans.get(bound.method);
      if (plan === undefined) {
        plan = planCall({ ...here }, { name, head: node, whole: node, operands, hasFinal }, bound.method);
        plans.set(bound.method, plan);
      }
      return invoke(frame, name, plan, final, bound.receiver);
    },
  };
}

/** Goes from link to link; plain map keys, which are most, take the short way. */
function followLinks(frame: Frame, base: Base, links: readonly Link[], final: Maybe): Maybe {
  let value = base.value(frame);
  let holder: Maybe;
  let before: Link | undefined;
  for (const link of links) {
    const receiver = value;
    if (!link.hasArguments && receiver instanceof Map) {
      const found = receiver.get(link.name);
      value = found === undefined ? missingKey(frame.run, undefined, link.name, base.place) : found;
    } else if (!link.hasArguments && receiver instanceof GoMap && receiver.type.methods?.has(link.name) !== true) {
      const found = receiver.entries.get(link.name);
      value = found === undefined ? missingKey(frame.run, receiver, link.name, base.place) : found;
    } else {
      const from = holder;
      const through = before;
      const isWrapped = (): boolean =>
        through === undefined ? base.isWrapped(frame) : holdsInterfaces(from, through.name);
      value = readField(frame.run, receiver, isWrapped, {
        name: link.name,
        place: base.place,
        hasArguments: link.hasArguments,
        callMethod: (bound) => link.callMethod(frame, bound, final),
      });
    }
    holder = receiver;
    before = link;
  }
  return value;
}
