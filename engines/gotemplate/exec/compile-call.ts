import { errorMessage } from '@croft/foundation/errors';
import { builtinFunctions } from '../builtins/functions.ts';
import { TemplateLimitError } from '../errors.ts';
import { quoteString } from '../fmt/quote.ts';
import type { GoFunction } from '../functions.ts';
import { type CommandNode, describeNode, type Operand, type Tree } from '../parse/node.ts';
import { isTrue } from '../reflect/truth.ts';
import type { GoType } from '../type.ts';
import { RAW } from '../type.ts';
import { GoStruct, type Maybe, type Value } from '../value.ts';
import { type Assign, assignmentTo } from './assign.ts';
import { compileArgument } from './compile-argument.ts';
import type { Expression, Frame } from './frame.ts';
import { isStackOverflow } from './nesting.ts';
import { errorText, failAt, lastVisited, type Place } from './place.ts';
import { placeOf, type Scope, scopeAt } from './scope.ts';

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
  readonly site: CallSite;
  readonly tree: Tree;
  readonly args: readonly Expression[];
  /** Takes the value that comes from the pipeline, where there is one, as last argument. */
  readonly final: FinalArgument | undefined;
  /** Takes the place of the call: for a wrong number of arguments, and for what need not evaluate them all. */
  readonly instead: Expression | undefined;
}

interface FinalArgument {
  readonly assign: Assign;
  readonly place: Place;
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
    const { args } = plan;
    const first = args[0];
    const second = args[1];
    if (first === undefined || args.length > 2 || plan.final !== undefined) return invoke(frame, name, plan, final);
    const a = first(frame) as Value;
    const b = second?.(frame) as Value;
    try {
      return copied(second === undefined ? plan.fn.call(a) : plan.fn.call(a, b));
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
  const { tree } = scope;
  const instead = compileInstead(scope, site, fn);
  if (instead !== undefined) return { fn, site, tree, args: noArgs, final: undefined, instead };
  const args = site.operands.map((operand, i) => compileArgument(scope, operand, paramType(fn, i)));
  if (fn === builtinFunctions.get('call')) args.unshift(calleeName(site));
  return { fn, site, tree, args, final: site.hasFinal ? planFinal(scope, site, fn) : undefined, instead: undefined };
}

function compileInstead(scope: Scope, site: CallSite, fn: GoFunction): Expression | undefined {
  const wrong = wrongCount(site, fn);
  if (wrong !== undefined) return failing(placeOf(scope, site.head), wrong);
  return isShortCircuit(fn) ? compileShortCircuit(scope, site, fn === builtinFunctions.get('or')) : undefined;
}

function failing(place: Place, problem: string): Expression {
  return () => failAt(place, problem);
}

function planFinal(scope: Scope, site: CallSite, fn: GoFunction): FinalArgument {
  const last = site.operands[site.operands.length - 1];
  const node = last === undefined ? site.head : lastVisited(last);
  return { assign: assignmentTo(paramType(fn, site.operands.length)), place: placeOf(scope, node) };
}

function calleeName(site: CallSite): Expression {
  const text = describeNode(site.operands[0] ?? site.head);
  return () => text;
}

function wrongCount(site: CallSite, fn: GoFunction): string | undefined {
  const count = site.operands.length + (site.hasFinal ? 1 : 0);
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
  if (plan.final !== undefined) values.push(plan.final.assign(final, plan.final.place) as Value);
  try {
    return copied(plan.fn.call(...values));
  } catch (error) {
    return failCall(name, plan, error);
  }
}

/** What a function gives, as a copy: a struct has no methods with a pointer receiver then. */
function copied(value: Value): Value {
  if (!(value instanceof GoStruct) || value.isCopy || (value.type.pointerMethods?.size ?? 0) === 0) return value;
  return new GoStruct(value.type, value.fields, value.native, true);
}

function failCall(name: string, plan: CallPlan, error: unknown): never {
  const whole: Place = { tree: plan.tree, node: plan.site.whole };
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
