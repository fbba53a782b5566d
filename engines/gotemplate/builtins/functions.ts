import { sprint, sprintln } from '../fmt/sprint.ts';
import { sprintf } from '../fmt/sprintf.ts';
import { type FunctionMap, type GoFunction, variadicFunction } from '../functions.ts';
import { isTrue } from '../reflect/truth.ts';
import { ANY, RAW, STRING } from '../type.ts';
import type { Maybe, Value } from '../value.ts';
import { callValue } from './call.ts';
import { indexInto, lengthOf, sliceOf } from './collection.ts';
import { isEqual, isEqualToAny, isLess, isLessOrEqual } from './compare.ts';
import { escapeHtml, escapeQuery, escapeScript } from './escape.ts';

/** A function of values as they are, nothing among them. */
function rawFunction(count: number, variadic: boolean, call: (...args: Maybe[]) => Value): GoFunction {
  return { params: Array<typeof RAW>(count + (variadic ? 1 : 0)).fill(RAW), variadic, call };
}

/** `and` and `or` are evaluated by the engine, which stops at the argument that decides. */
function shortCircuit(): GoFunction {
  return rawFunction(1, true, () => null);
}

/** The functions that text/template has without being given any. */
export const builtinFunctions: FunctionMap = new Map<string, GoFunction>([
  ['and', shortCircuit()],
  ['or', shortCircuit()],
  ['not', rawFunction(1, false, (value) => !isTrue(value))],
  ['call', rawFunction(1, true, (callee, fn, ...args) => callValue(callee, fn, ...args))],
  ['index', rawFunction(1, true, (item, ...indexes) => indexInto(item, ...indexes))],
  ['slice', rawFunction(1, true, (item, ...indexes) => sliceOf(item, ...indexes))],
  ['len', rawFunction(1, false, (item) => lengthOf(item))],
  ['eq', rawFunction(1, true, (first, ...others) => isEqualToAny(first, ...others))],
  ['ne', rawFunction(2, false, (a, b) => !isEqual(a ?? null, b ?? null))],
  ['lt', rawFunction(2, false, (a, b) => isLess(a, b))],
  ['le', rawFunction(2, false, (a, b) => isLessOrEqual(a, b))],
  ['gt', rawFunction(2, false, (a, b) => !isLessOrEqual(a, b))],
  ['ge', rawFunction(2, false, (a, b) => !isLess(a, b))],
  ['print', variadicFunction([], ANY, (...values) => sprint(values))],
  ['printf', variadicFunction([STRING], ANY, (format, ...values) => sprintf(format, values))],
  ['println', variadicFunction([], ANY, (...values) => sprintln(values))],
  ['html', variadicFunction([], ANY, escapeHtml)],
  ['js', variadicFunction([], ANY, escapeScript)],
  ['urlquery', variadicFunction([], ANY, escapeQuery)],
]);
