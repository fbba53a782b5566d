import { errorMessage } from '@croft/foundation/errors';
import { builtinFunctions } from '../builtins/functions.ts';
import { TemplateLimitError } from '../errors.ts';
import { quoteString } from '../fmt/quote.ts';
import type { GoFunction } from '../functions.ts';
import { type CommandNode, describeNode, type Operand, type Tree } from '../parse/node.ts';
import type { GoType } from '../type.ts';
import type { Value } from '../value.ts';
import { type Assign, assignmentTo, RAW } from './assign.ts';
import { compileArgument } from './compile-argument.ts';
import type { Expression, Frame, Maybe } from './frame.ts';
import { isStackOverflow } from './nesting.ts';
import { errorText, failAt, lastVisited, type Place } from './place.ts';
import { placeOf, type Scope, scopeAt } from './scope.ts';
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

/** What a call does for a function's signature. */
export interface CallPlan {
  readonly fn: GoFunction;
  readonly args: readonly Expression[];
  /** Checks the value that comes from the pipeline. */
  readonly assignFinal: Assign | undefined;
  readonly finalPlace: Place;
  readonly tree: Tree;
  /** Where an error of the function is reported. */
  readonly whole: CallSite['whole'];
  /** Takes the place of the call: for a wrong number of arguments, and for what need not evaluate them all. */
  readonly instead: Expression | undefined;
}

/**
 * A call of a function by name. Which function it is, the set that runs says; all of one name mostly share a signature.
 * All is in one closure because templates recurse through it: the stack is what bounds their depth.
 */
export function compileFunctionCall(scope: Scope, site: CallSite): Expression {
  const { name } = site;
  const { variables } = scope;
  let latest = planFor(scope, site, scope.functions.get(name));
  return (frame, final) => {
    const fn = frame.run.functions.get(name);
    if (fn !== latest.fn) latest = planFor(scopeAt(scope, variables), site, fn, latest);
    const plan = latest;
    if (plan.instead !== undefined) return plan.instead(frame, final);
    const { args, assignFinal } = plan;
    const [first, second] = args;
    if (first === undefined || args.length > 2 || assignFinal !== undefined) return invoke(frame, name, plan, final);
    const a = first(frame) as Value;
    const b = second?.(frame) as Value;
    try {
      return second === undefined ? plan.fn.call(a) : plan.fn.call(a, b);
    } catch (error) {
      return failCall(name, plan, error);
    }
  };
}

function planFor(scope: Scope, site: CallSite, fn: GoFunction | undefined, old?: CallPlan): CallPlan {
  if (fn === undefined) {
    return failAt(placeOf(scope, site.head), `${quoteString(site.name)} is not a defined function`);
  }
  return old !== undefined && sameSignature(fn, old.fn) ? { ...old, fn } : planCall(scope, site, fn);
}

function sameSignature(a: GoFunction, b: GoFunction): boolean {
  if (a.variadic !== b.variadic || a.params.length !== b.params.length) return false;
  if (isShortCircuit(a) || isShortCircuit(b)) return false;
  return a.params.every((type, i) => type === b.params[i]);
}

function isShortCircuit(fn: GoFunction): boolean {
  return fn === builtinFunctions.get('and') || fn === builtinFunctions.get('or');
}

const noArgs: readonly Expression[] = [];

/** Compiles the arguments for a function's signature. */
export function planCall(scope: Scope, site: CallSite, fn: GoFunction): CallPlan {
  const count = site.operands.length + (site.hasFinal ? 1 : 0);
  const head = placeOf(scope, site.head);
  const last = site.operands[site.operands.length - 1];
  const { tree } = scope;
  const { whole } = site;
  const plan = { fn, args: noArgs, assignFinal: undefined, finalPlace: head, tree, whole, instead: undefined };
  const wrong = wrongCount(site, fn, count);
  if (wrong !== undefined) return { ...plan, instead: () => failAt(head, wrong) };
  if (isShortCircuit(fn)) {
    return { ...plan, instead: compileShortCircuit(scope, site, fn === builtinFunctions.get('or')) };
  }
  const args = site.operands.map((operand, i) => compileArgument(scope, operand, paramType(fn, i)));
  if (fn === builtinFunctions.get('call')) args.unshift(calleeName(site));
  return {
    ...plan,
    args,
    assignFinal: site.hasFinal ? assignmentTo(paramType(fn, count - 1)) : undefined,
    finalPlace: last === undefined || !site.hasFinal ? head : placeOf(scope, lastVisited(last)),
  };
}

function calleeName(site: CallSite): Expression {
  const text = describeNode(site.operands[0] ?? site.head);
  return () => text;
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

/** Evaluates the arguments and calls, for methods with their receiver first. */
export function invoke(frame: Frame, name: string, plan: CallPlan, final: Maybe, receiver?: Value): Maybe {
  if (plan.instead !== undefined) return plan.instead(frame, final);
  const values: Value[] = receiver === undefined ? [] : [receiver];
  for (const arg of plan.args) values.push(arg(frame) as Value);
  if (plan.assignFinal !== undefined) values.push(plan.assignFinal(final, plan.finalPlace) as Value);
  try {
    return plan.fn.call(...values);
  } catch (error) {
    return failCall(name, plan, error);
  }
}

function failCall(name: string, plan: CallPlan, error: unknown): never {
  const whole: Place = { tree: plan.tree, node: plan.whole };
  if (error instanceof TemplateLimitError) throw error;
  if (isStackOverflow(error)) throw new TemplateLimitError(errorText(whole, 'templates are nested too deeply'));
  return failAt(whole, `error calling ${name}: ${errorMessage(error)}`, error);
}

/** `and` and `or` evaluate no further than they need. */
function compileShortCircuit(scope: Scope, site: CallSite, stopAt: boolean): Expression {
  const args = site.operands.map((operand) => compileArgument(scope, operand, RAW));
  return (frame, final) => {
    let value: Maybe;
    for (const arg of args) {
      value = arg(frame);
      if (isTrue(value) === stopAt) return value;
    }
    return site.hasFinal ? final : value;
  };
}
