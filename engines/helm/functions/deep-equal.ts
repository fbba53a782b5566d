import {
  findType,
  GoFunc,
  GoMap,
  GoNumber,
  GoPointer,
  GoSlice,
  GoString,
  GoStruct,
  type Value,
} from '@croft/gotemplate/value';

/** reflect.DeepEqual: the same type and, all the way down, the same contents. */
export function deepEqual(a: Value, b: Value): boolean {
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return a === b;
  if (findType(a)?.name !== findType(b)?.name) return false;
  if (a === b) return !(a instanceof GoFunc);
  if (Array.isArray(a) && Array.isArray(b)) return equalItems(a, b);
  if (a instanceof Map && b instanceof Map) return equalEntries(a, b);
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b) === 0;
  if (a instanceof GoNumber && b instanceof GoNumber) return equalNumbers(a, b);
  if (a instanceof GoString && b instanceof GoString) return a.value === b.value;
  if (a instanceof GoSlice && b instanceof GoSlice) return a.isNil === b.isNil && equalItems(a.items, b.items);
  if (a instanceof GoMap && b instanceof GoMap) return a.isNil === b.isNil && equalEntries(a.entries, b.entries);
  if (a instanceof GoPointer && b instanceof GoPointer) return deepEqual(a.target, b.target);
  if (a instanceof GoStruct && b instanceof GoStruct) return equalEntries(a.fields, b.fields);
  return false;
}

function equalNumbers(a: GoNumber, b: GoNumber): boolean {
  if (typeof a.value === 'object' && typeof b.value === 'object') {
    return a.value.real === b.value.real && a.value.imag === b.value.imag;
  }
  return a.value === b.value;
}

function equalItems(a: readonly Value[], b: readonly Value[]): boolean {
  return a.length === b.length && a.every((item, i) => deepEqual(item, b[i] ?? null));
}

function equalEntries(a: ReadonlyMap<string, Value>, b: ReadonlyMap<string, Value>): boolean {
  if (a.size !== b.size) return false;
  for (const [key, value] of a) {
    const other = b.get(key);
    if (other === undefined || !deepEqual(value, other)) return false;
  }
  return true;
}
