import { errorMessage } from '@croft/foundation/errors';
import { builtinFunctions } from '../builtins/functions.ts';
import { TemplateLimitError } from '../errors.ts';
import type { GoFunction } from '../functions.ts';
import { type CommandNode, describeNode, type Operand } from '../parse/node.ts';
import type { GoType } from '../type.ts';
import type { Value } from '../value.ts';
import { type Assign, assignmentTo, RAW } from './assign.ts';
import { compileArgument } from './compile-argument.ts';
import type { Expression, Frame, Maybe } from './frame.ts';
import { asLimitError } from './nesting.ts';
import { failAt, lastVisited, type Place } from './place.ts';
import { placeOf, type Scope } from './scope.ts';
import { isTrue } from './truth.ts';

/** A call as it stands in a template. */
export interface CallSite {
  readonly name: string;
  /** Where the call begins: errors about the number of arguments are reported there. */
  readonly head: Operand;
  /** Where an error of the function is reported. */
  readonly whole: Operand | CommandNode;
  readonly operands: readonly Operand[];
  /** A value comes from the pipeline as last argument. */
  readonly hasFinal: boolean;
}

/** Calls a function whose arguments are evaluated and checked for its signature. */
export type CallExpression = (frame: Frame, fn: GoFunction, final: Maybe, receiver?: Value) => Maybe;

/** A call of a function by name. Which function it is, the set that runs says; all of one name mostly share a signature. */
export function compileFunctionCall(scope: Scope, site: CallSite): Expression {
  let known = scope.functions.get(site.name);
  let call = known === undefined ? undefined : compileCall(scope, site, known);
  return (frame, final) => {
    const fn = frame.run.functions.get(site.name);
    if (fn === undefined)
      return failAt(placeOf(scope, site.head), `${JSON.stringify(site.name)} is not a defined function`);
    if (call === undefined || fn !== known) {
      if (call === undefined || known === undefined || !sameSignature(fn, known)) call = compileCall(scope, site, fn);
      known = fn;
    }
    return call(frame, fn, final);
  };
}

function sameSignature(a: GoFunction, b: GoFunction): boolean {
  if (a.variadic !== b.variadic || a.params.length !== b.params.length) return false;
  if (isShortCircuit(a) || isShortCircuit(b)) return false;
  return a.params.every((type, i) => type === b.params[i]);
}

function isShortCircuit(fn: GoFunction): boolean {
  return fn === builtinFunctions.get('and') || fn === builtinFunctions.get('or');
}

/** Compiles the arguments for a function's signature. */
export function compileCall(scope: Scope, site: CallSite, fn: GoFunction): CallExpression {
  const count = site.operands.length + (site.hasFinal ? 1 : 0);
  const wrong = wrongCount(site, fn, count);
  const head = placeOf(scope, site.head);
  if (wrong !== undefined) return () => failAt(head, wrong);
  if (isShortCircuit(fn)) return compileShortCircuit(scope, site, fn === builtinFunctions.get('or'));
  const args = site.operands.map((operand, i) => compileArgument(scope, operand, paramType(fn, i)));
  const whole = placeOf(scope, site.whole);
  const last = site.operands[site.operands.length - 1];
  const assignFinal = site.hasFinal ? assignmentTo(paramType(fn, count - 1)) : undefined;
  const finalPlace = last === undefined ? head : placeOf(scope, lastVisited(last));
  if (fn === builtinFunctions.get('call')) {
    const callee = describeNode(site.operands[0] ?? site.head);
    args.unshift(() => callee);
  }
  return callWith(site.name, whole, args, assignFinal, finalPlace);
}

function wrongCount(site: CallSite, fn: GoFunction, count: number): string | undefined {
  const fixed = fn.variadic ? fn.params.length - 1 : fn.params.length;
  if (fn.variadic && count < fixed) {
    return `wrong number of args for ${site.name}: want at least ${fixed} got ${site.operands.length}`;
  }
  return !fn.variadic && count !== fixed
    ? `wrong number of args for ${site.name}: want ${fixed} got ${count}`
    : undefined;
}

function paramType(fn: GoFunction, index: number): GoType {
  return fn.params[Math.min(index, fn.params.length - 1)] as GoType;
}

/** The call itself; calls of few arguments, which are most, go without a list. */
function callWith(
  name: string,
  whole: Place,
  args: readonly Expression[],
  assignFinal: Assign | undefined,
  finalPlace: Place,
): CallExpression {
  const [first, second] = args;
  if (assignFinal === undefined && first !== undefined && args.length <= 2) {
    return (frame, fn, _final, receiver) => {
      const a = first(frame) as Value;
      const b = second?.(frame) as Value;
      try {
        if (receiver !== undefined) return second === undefined ? fn.call(receiver, a) : fn.call(receiver, a, b);
        return second === undefined ? fn.call(a) : fn.call(a, b);
      } catch (error) {
        return failCall(name, whole, error);
      }
    };
  }
  return (frame, fn, final, receiver) => {
    const values: Value[] = receiver === undefined ? [] : [receiver];
    for (const arg of args) values.push(arg(frame) as Value);
    if (assignFinal !== undefined) values.push(assignFinal(final, finalPlace) as Value);
    try {
      return fn.call(...values);
    } catch (error) {
      return failCall(name, whole, error);
    }
  };
}

function failCall(name: string, whole: Place, error: unknown): never {
  const known = asLimitError(error);
  if (known instanceof TemplateLimitError) throw known;
  return failAt(whole, `error calling ${name}: ${errorMessage(error)}`, error);
}

/** `and` and `or` evaluate no further than they need. */
function compileShortCircuit(scope: Scope, site: CallSite, stopAt: boolean): CallExpression {
  const args = site.operands.map((operand) => compileArgument(scope, operand, RAW));
  return (frame, _fn, final) => {
    let value: Maybe;
    for (const arg of args) {
      value = arg(frame);
      if (isTrue(value) === stopAt) return value;
    }
    return site.hasFinal ? final : value;
  };
}
