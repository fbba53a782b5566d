import { isAssignable } from '../reflect/assignable.ts';
import { canBeNil, zeroValue } from '../reflect/zero.ts';
import { ANY, ANY_MAP, ANY_SLICE, BOOL, FLOAT64, type GoType, INT, RAW, STRING } from '../type.ts';
import { findType, GoMap, GoPointer, GoSlice, type Maybe, typeName, type Value } from '../value.ts';
import { failAt, type Place } from './place.ts';

/** Checks and converts a value for a parameter; `place` is where a misfit is reported. */
export type Assign = (value: Maybe, place: Place) => Maybe;

/** How values become arguments of this type: the checks of text/template's validateType. */
export function assignmentTo(type: GoType): Assign {
  if (type === ANY) return (value) => (value === undefined ? null : value);
  if (type === RAW) return (value) => value;
  if (type === STRING) return (value, place) => (typeof value === 'string' ? value : convert(type, value, place));
  if (type === BOOL) return (value, place) => (typeof value === 'boolean' ? value : convert(type, value, place));
  if (type === INT) return (value, place) => (typeof value === 'bigint' ? value : convert(type, value, place));
  if (type === FLOAT64) return (value, place) => (typeof value === 'number' ? value : convert(type, value, place));
  if (type === ANY_MAP) return (value, place) => (value instanceof Map ? value : convert(type, value, place));
  if (type === ANY_SLICE) return (value, place) => (Array.isArray(value) ? value : convert(type, value, place));
  return (value, place) => convert(type, value, place);
}

function convert(type: GoType, value: Maybe, place: Place): Maybe {
  if (value === undefined) {
    if (canBeNil(type)) return shapeFor(type, zeroValue(type));
    return failAt(place, `invalid value; expected ${type.name}`);
  }
  if (type.kind === 'interface') return value;
  const actual = findType(value);
  if (actual !== undefined && isAssignable(actual, type)) return shapeFor(type, value);
  if (value instanceof GoPointer && actual?.elem !== undefined && isAssignable(actual.elem, type)) {
    if (value.target === null) failAt(place, `dereference of nil pointer of type ${type.name}`);
    return shapeFor(type, value.target);
  }
  const got = value === null ? ANY.name : typeName(value);
  return failAt(place, `wrong type for value; expected ${type.name}; got ${got}`);
}

/** Functions get maps and slices of interfaces bare, whatever type carried them. */
function shapeFor(type: GoType, value: Value): Value {
  if (type === ANY_MAP && value instanceof GoMap) return value.entries;
  if (type === ANY_SLICE && value instanceof GoSlice) return value.items;
  if (type.kind === 'map' && type !== ANY_MAP && value instanceof Map) return new GoMap(type, value);
  if (type.kind === 'slice' && type !== ANY_SLICE && Array.isArray(value)) return new GoSlice(type, value);
  return value;
}
