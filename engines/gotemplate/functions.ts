import type { GoType } from './type.ts';
import type { Value } from './value.ts';

/**
 * A function that templates can call. The engine converts and checks the arguments by `params` as Go does before it calls,
 * so `call` may trust them. An error that `call` throws becomes `error calling NAME: MESSAGE`, as a returned error and a
 * panic do in Go.
 */
export interface GoFunction {
  /** Types of the parameters; of a variadic function the last one is the type of every further argument. */
  readonly params: readonly GoType[];
  readonly variadic: boolean;
  readonly call: (...args: Value[]) => Value;
}

export type FunctionMap = ReadonlyMap<string, GoFunction>;

/** How the engine finds a function. */
export interface FunctionLookup {
  readonly get: (name: string) => GoFunction | undefined;
}

type Shapes<P extends readonly GoType[]> = { [K in keyof P]: P[K] extends GoType<infer T> ? T : never };

/** A function with fixed parameters: `goFunction([STRING, INT], (text, count) => ...)`. */
export function goFunction<const P extends readonly GoType[]>(
  params: P,
  call: (...args: Shapes<P>) => Value,
): GoFunction {
  return { params, variadic: false, call: call as unknown as GoFunction['call'] };
}

/** A function that takes any number of `rest` arguments after the fixed ones. */
export function variadicFunction<const P extends readonly GoType[], T extends Value>(
  params: P,
  rest: GoType<T>,
  call: (...args: [...Shapes<P>, ...T[]]) => Value,
): GoFunction {
  return { params: [...params, rest], variadic: true, call: call as unknown as GoFunction['call'] };
}

/** A method: its receiver comes first and is not among the parameters. */
export function goMethod<R extends Value, const P extends readonly GoType[] = readonly []>(
  params: P,
  call: (receiver: R, ...args: Shapes<P>) => Value,
): GoFunction {
  return { params, variadic: false, call: call as unknown as GoFunction['call'] };
}
