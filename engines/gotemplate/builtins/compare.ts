import { compareStrings } from '../bytes.ts';
import { sprintf } from '../fmt/sprintf.ts';
import {
  findType,
  GoFunc,
  GoMap,
  GoNumber,
  GoPointer,
  GoSlice,
  GoString,
  GoStruct,
  type Maybe,
  typeName,
  type Value,
} from '../value.ts';

type Basic = 'bool' | 'complex' | 'int' | 'float' | 'string' | 'uint';

/** The family of a type, within which values compare. */
function basicKind(value: Value): Basic | undefined {
  const kind = findType(value)?.kind ?? 'interface';
  if (kind === 'bool' || kind === 'string') return kind;
  if (kind.startsWith('uint')) return 'uint';
  if (kind.startsWith('int') && kind !== 'interface') return 'int';
  if (kind.startsWith('float')) return 'float';
  return kind.startsWith('complex') ? 'complex' : undefined;
}

function bare(value: Value): Value | { real: number; imag: number } {
  return value instanceof GoNumber || value instanceof GoString ? value.value : value;
}

/** eq: whether the first argument equals any of the others. */
export function isEqualToAny(first: Maybe, ...others: Maybe[]): boolean {
  if (others.length === 0) throw new Error('missing argument for comparison');
  return others.some((other) => isEqual(first ?? null, other ?? null));
}

export function isEqual(a: Value, b: Value): boolean {
  if (typeof a === typeof b && a !== null && b !== null && typeof a !== 'object') return a === b;
  const left = basicKind(a);
  const right = basicKind(b);
  if (left !== right) {
    if (isInteger(left) && isInteger(right)) return bare(a) === bare(b);
    if (a !== null && b !== null) throw incompatible(a, b);
    return false;
  }
  if (left === 'complex') return isSameComplex(a, b);
  return left === undefined ? isSameObject(a, b) : bare(a) === bare(b);
}

function isInteger(kind: Basic | undefined): boolean {
  return kind === 'int' || kind === 'uint';
}

function incompatible(a: Value, b: Value): Error {
  return new Error(`incompatible types for comparison: ${typeName(a)} and ${typeName(b)}`);
}

function isSameComplex(a: Value, b: Value): boolean {
  const left = bare(a) as { real: number; imag: number };
  const right = bare(b) as { real: number; imag: number };
  return left.real === right.real && left.imag === right.imag;
}

/** Values of no basic kind: nil with anything, and what Go can compare. */
function isSameObject(a: Value, b: Value): boolean {
  const left = findType(a);
  const right = findType(b);
  if (left !== undefined && right !== undefined && left.kind !== right.kind) {
    throw new Error(`non-comparable types ${sprintf('%s', [a])}: ${left.name}, ${right.name}: ${sprintf('%v', [b])}`);
  }
  if (isNil(a) || isNil(b)) return isNil(a) === isNil(b);
  if (right?.kind === 'map' || right?.kind === 'slice' || right?.kind === 'func') {
    throw new Error(`non-comparable type ${sprintf('%s', [b])}: ${right.name}`);
  }
  if (left?.name !== right?.name) return false;
  if (a instanceof GoPointer && b instanceof GoPointer) return a.target === b.target;
  if (a instanceof GoStruct && b instanceof GoStruct) return isSameStruct(a, b);
  return a === b;
}

function isSameStruct(a: GoStruct, b: GoStruct): boolean {
  return [...a.fields].every(([name, value]) => {
    const other = b.fields.get(name) ?? null;
    return value === other || (value !== null && other !== null && isEqual(value, other));
  });
}

function isNil(value: Value): boolean {
  if (value === null) return true;
  if (value instanceof GoPointer) return value.target === null;
  return (value instanceof GoMap || value instanceof GoSlice) && value.isNil && !(value instanceof GoFunc);
}

/** lt */
export function isLess(a: Maybe, b: Maybe): boolean {
  if (a === undefined || a === null || b === undefined || b === null) throw new Error('invalid type for comparison');
  const left = basicKind(a);
  const right = basicKind(b);
  if (left === undefined || right === undefined) throw new Error('invalid type for comparison');
  if (left !== right && !(isInteger(left) && isInteger(right))) throw incompatible(a, b);
  if (left === 'bool' || left === 'complex') throw new Error('invalid type for comparison');
  const x = bare(a) as string | number | bigint;
  const y = bare(b) as string | number | bigint;
  return typeof x === 'string' && typeof y === 'string' ? compareStrings(x, y) < 0 : x < y;
}

/** le */
export function isLessOrEqual(a: Maybe, b: Maybe): boolean {
  return isLess(a, b) || isEqual(a ?? null, b ?? null);
}
