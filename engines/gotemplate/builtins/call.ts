import { errorMessage } from '@croft/foundation/errors';
import { isAssignable } from '../reflect/assignable.ts';
import { canBeNil, zeroValue } from '../reflect/zero.ts';
import type { GoType } from '../type.ts';
import { findType, GoFunc, type Maybe, typeName, type Value } from '../value.ts';

/** call: calls a function value. `callee` is its source, for errors. */
export function callValue(callee: Maybe, fn: Maybe, ...args: Maybe[]): Value {
  const name = String(callee);
  if (fn === undefined || fn === null) throw new Error('call of nil');
  if (!(fn instanceof GoFunc)) throw new Error(`non-function ${name} of type ${typeName(fn)}`);
  const { params, variadic, call } = fn.fn;
  const fixed = variadic ? params.length - 1 : params.length;
  if (variadic ? args.length < fixed : args.length !== fixed) {
    throw new Error(`wrong number of args for ${name}: got ${args.length} want ${variadic ? 'at least ' : ''}${fixed}`);
  }
  const values = args.map((arg, i) => prepare(arg, params[Math.min(i, params.length - 1)] as GoType, i));
  try {
    return call(...values);
  } catch (error) {
    throw new Error(`error calling ${name}: ${errorMessage(error)}`, { cause: error });
  }
}

function prepare(arg: Maybe, type: GoType, index: number): Value {
  if (arg === undefined || arg === null) {
    if (canBeNil(type)) return zeroValue(type);
    throw new Error(`arg ${index}: value is nil; should be of type ${type.name}`);
  }
  const actual = findType(arg);
  if (actual !== undefined && isAssignable(actual, type)) return arg;
  throw new Error(`arg ${index}: value has type ${typeName(arg)}; should be ${type.name}`);
}
