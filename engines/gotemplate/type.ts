import type { GoFunction } from './functions.ts';
import type { GoMap, GoNumber, GoSlice, Value } from './value.ts';

/** The kinds of Go's reflect package, by their names. */
export type Kind = NumberKind | 'bool' | 'string' | 'struct' | 'map' | 'slice' | 'array' | 'ptr' | 'func' | 'interface';

type NumberKind =
  | 'int'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'uintptr'
  | 'float32'
  | 'float64'
  | 'complex64'
  | 'complex128';

export interface GoField {
  readonly name: string;
  readonly type: GoType;
  /** The fields of an embedded struct are reached as if they stood in the outer one. */
  readonly embedded?: boolean;
}

/**
 * A Go type as templates can see it: its name is what reflect's Type.String() and `%T` print. `T` is the shape in which
 * a function gets a parameter of this type.
 */
export interface GoType<T extends Value = Value> {
  readonly name: string;
  readonly kind: Kind;
  /** Elements of map, slice, array and pointer types. */
  readonly elem?: GoType;
  /** A type that was declared with a name (`type Values map[string]any`): it is not identical to its underlying type. */
  readonly named?: boolean;
  /** In order of declaration, for structs. */
  readonly fields?: readonly GoField[];
  /** Methods by name; the first argument of `call` is the receiver, which `params` does not list. */
  readonly methods?: ReadonlyMap<string, GoFunction>;
  /**
   * Methods of a pointer to this struct. Templates reach them from a struct as well, as its values stand in memory that Go
   * can take the address of; fmt does not.
   */
  readonly pointerMethods?: ReadonlyMap<string, GoFunction>;
  /** Only for the type checker; never set. */
  readonly shape?: T;
}

function basicType<T extends Value>(kind: Kind): GoType<T> {
  return { name: kind, kind };
}

export const ANY: GoType = { name: 'interface {}', kind: 'interface' };
export const BOOL = basicType<boolean>('bool');
export const STRING = basicType<string>('string');
export const INT = basicType<bigint>('int');
export const INT32 = basicType<GoNumber>('int32');
export const INT64 = basicType<GoNumber>('int64');
export const UINT8 = basicType<GoNumber>('uint8');
export const UINT32 = basicType<GoNumber>('uint32');
export const UINT64 = basicType<GoNumber>('uint64');
export const FLOAT64 = basicType<number>('float64');
export const COMPLEX128 = basicType<GoNumber>('complex128');

/** `map[string]interface {}`: functions get the bare Map, also of a named type such as chartutil.Values. */
export const ANY_MAP: GoType<Map<string, Value>> = { name: 'map[string]interface {}', kind: 'map', elem: ANY };
/** `[]interface {}`: functions get the bare array. */
export const ANY_SLICE: GoType<Value[]> = { name: '[]interface {}', kind: 'slice', elem: ANY };
export const BYTES: GoType<Uint8Array> = { name: '[]uint8', kind: 'slice', elem: UINT8 };
export const STRING_SLICE: GoType<GoSlice> = sliceType(STRING);
export const INT_SLICE: GoType<GoSlice> = sliceType(INT);
export const STRING_MAP: GoType<GoMap> = mapType(STRING);

/** `[]elem` */
export function sliceType(elem: GoType): GoType<GoSlice> {
  return { name: `[]${elem.name}`, kind: 'slice', elem };
}

/** `map[string]elem` */
export function mapType(elem: GoType): GoType<GoMap> {
  return { name: `map[string]${elem.name}`, kind: 'map', elem };
}

/** A type declared with a name of its own, with the given methods, over the shape of `underlying`. */
export function namedType<T extends Value>(
  name: string,
  underlying: GoType<T>,
  methods: Readonly<Record<string, GoFunction>> = {},
): GoType<T> {
  return { ...underlying, name, named: true, methods: new Map(Object.entries(methods)) };
}

/** A named number type (time.Duration, time.Month): its values are always GoNumber. */
export function namedNumberType(
  name: string,
  kind: NumberKind,
  methods: Readonly<Record<string, GoFunction>> = {},
): GoType<GoNumber> {
  return { name, kind, named: true, methods: new Map(Object.entries(methods)) };
}

/** The parameter type of functions that look at the value itself, as those that take a reflect.Value in Go. */
export const RAW: GoType = { name: 'reflect.Value', kind: 'struct' };
