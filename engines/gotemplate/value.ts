import { compareStrings } from './bytes.ts';
import type { GoFunction } from './functions.ts';
import {
  ANY,
  ANY_MAP,
  ANY_SLICE,
  BOOL,
  BYTES,
  FLOAT64,
  type GoField,
  type GoType,
  INT,
  type Kind,
  STRING,
} from './type.ts';

/**
 * What a template can hold. The common types are plain JavaScript values:
 *
 * | JavaScript           | Go                        |
 * |----------------------|---------------------------|
 * | null                 | nil interface             |
 * | boolean              | bool                      |
 * | string               | string; bytes that are not UTF-8 as lone surrogates, see bytes.ts |
 * | number               | float64                   |
 * | bigint               | int                       |
 * | Value[]              | []interface {}            |
 * | Map<string, Value>   | map[string]interface {}   |
 * | Uint8Array           | []uint8                   |
 *
 * Every other type is one of the classes below, which carry their type.
 */
export type Value =
  | null
  | boolean
  | string
  | number
  | bigint
  | Value[]
  | Map<string, Value>
  | Uint8Array
  | GoNumber
  | GoString
  | GoSlice
  | GoMap
  | GoStruct
  | GoPointer
  | GoFunc;

/** A value as Go's reflect sees it: undefined is the invalid value (nothing), null a nil interface. */
export type Maybe = Value | undefined;

export interface Complex {
  readonly real: number;
  readonly imag: number;
}

/** A number of any type but int and float64: bigint for integer kinds, number for float32, Complex for complex kinds. */
export class GoNumber {
  readonly type: GoType;
  readonly value: bigint | number | Complex;
  constructor(type: GoType, value: bigint | number | Complex) {
    this.type = type;
    this.value = value;
  }
  get kind(): Kind {
    return this.type.kind;
  }
}

/** A string of a named type. */
export class GoString {
  readonly type: GoType;
  readonly value: string;
  constructor(type: GoType, value: string) {
    this.type = type;
    this.value = value;
  }
}

/** A slice or array of any type but []interface {} and []uint8, or a nil one of those. */
export class GoSlice {
  readonly type: GoType;
  readonly items: Value[];
  readonly isNil: boolean;
  constructor(type: GoType, items: Value[], isNil = false) {
    this.type = type;
    this.items = items;
    this.isNil = isNil;
  }
}

/** A map with string keys of any type but map[string]interface {}, or a nil one of that. */
export class GoMap {
  readonly type: GoType;
  readonly entries: Map<string, Value>;
  readonly isNil: boolean;
  constructor(type: GoType, entries: Map<string, Value>, isNil = false) {
    this.type = type;
    this.entries = entries;
    this.isNil = isNil;
  }
}

/**
 * A struct value. `fields` hold every field of the type under its name (an embedded struct under its type's bare name).
 * `native` is for the methods: what they work on (a Date, a parsed version). `isCopy`: what a function gave is no variable,
 * so that methods with a pointer receiver cannot be called on it.
 */
export class GoStruct {
  readonly type: GoType;
  readonly fields: Map<string, Value>;
  readonly native: unknown;
  readonly isCopy: boolean;
  constructor(type: GoType, fields: Map<string, Value>, native?: unknown, isCopy = false) {
    this.type = type;
    this.fields = fields;
    this.native = native;
    this.isCopy = isCopy;
  }
}

/** A pointer; `target` null is a nil pointer of that type. Methods are those of `type`, then of its element. */
export class GoPointer {
  readonly type: GoType;
  readonly target: Value;
  constructor(type: GoType, target: Value) {
    this.type = type;
    this.target = target;
  }
}

/** A function as a value: what `call` takes. */
export class GoFunc {
  readonly type: GoType;
  readonly fn: GoFunction;
  constructor(type: GoType, fn: GoFunction) {
    this.type = type;
    this.fn = fn;
  }
}

/** A nil map[string]interface {}: it reads as empty and cannot be written to. */
export class NilMap extends Map<string, Value> {
  override set(): this {
    throw new Error('assignment to entry in nil map');
  }
}

/** The dynamic type, as reflect.TypeOf; undefined for nil. */
export function findType(value: Value): GoType | undefined {
  switch (typeof value) {
    case 'string':
      return STRING;
    case 'number':
      return FLOAT64;
    case 'bigint':
      return INT;
    case 'boolean':
      return BOOL;
  }
  if (value === null || value === undefined) return undefined;
  if (Array.isArray(value)) return ANY_SLICE;
  if (value instanceof Map) return ANY_MAP;
  if (value instanceof Uint8Array) return BYTES;
  return value.type;
}

/** The name of the dynamic type as `%T` prints it: `<nil>` for nil. */
export function typeName(value: Value): string {
  return findType(value)?.name ?? '<nil>';
}

/** The kind of the dynamic value, as reflect.ValueOf(value).Kind(). */
export function kindOf(value: Value): Kind | 'invalid' {
  return findType(value)?.kind ?? 'invalid';
}

/** The elements of any slice or array (bytes as uint8 numbers), or undefined when the value is none. */
export function findItems(value: Value): Value[] | undefined {
  if (Array.isArray(value)) return value;
  if (value instanceof GoSlice) return value.items;
  if (value instanceof Uint8Array) {
    const elem = BYTES.elem ?? ANY;
    return Array.from(value, (byte) => new GoNumber(elem, BigInt(byte)));
  }
  return undefined;
}

/** The entries of any map, or undefined when the value is none. */
export function findEntries(value: Value): Map<string, Value> | undefined {
  if (value instanceof Map) return value;
  if (value instanceof GoMap) return value.entries;
  return undefined;
}

/** The keys of a map in Go's order: by bytes. */
export function sortedKeys(entries: ReadonlyMap<string, unknown>): string[] {
  const keys = [...entries.keys()];
  return keys.length < 2 ? keys : keys.sort(compareStrings);
}

/** A struct type; `name` may be left out for a type without name, which is then spelt out as Go does.
 * `pointerMethods` are those with a pointer receiver. */
export function structType(
  name: string | undefined,
  fields: readonly GoField[],
  methods: Readonly<Record<string, GoFunction>> = {},
  pointerMethods: Readonly<Record<string, GoFunction>> = {},
): GoType<GoStruct> {
  const spelt = fields.map((field) => (field.embedded === true ? field.type.name : `${field.name} ${field.type.name}`));
  return {
    name: name ?? (fields.length === 0 ? 'struct {}' : `struct { ${spelt.join('; ')} }`),
    kind: 'struct',
    named: name !== undefined,
    fields,
    methods: new Map(Object.entries(methods)),
    pointerMethods: new Map(Object.entries(pointerMethods)),
  };
}

/** `*elem`, with methods that only the pointer has. */
export function pointerType(elem: GoType, methods: Readonly<Record<string, GoFunction>> = {}): GoType<GoPointer> {
  return { name: `*${elem.name}`, kind: 'ptr', elem, methods: new Map(Object.entries(methods)) };
}
