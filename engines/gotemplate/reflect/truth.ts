import { GoMap, GoNumber, GoPointer, GoSlice, GoString, type Maybe } from '../value.ts';

/** Whether `if` takes the value for true: it is not the zero of its type, and not empty. */
export function isTrue(value: Maybe): boolean {
  switch (typeof value) {
    case 'boolean':
      return value;
    case 'string':
      return value !== '';
    case 'number':
      return value !== 0;
    case 'bigint':
      return value !== 0n;
  }
  if (value === null || value === undefined) return false;
  if (value instanceof Map) return value.size > 0;
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length > 0;
  if (value instanceof GoMap) return value.entries.size > 0;
  if (value instanceof GoSlice) return value.items.length > 0;
  if (value instanceof GoString) return value.value !== '';
  if (value instanceof GoPointer) return value.target !== null;
  if (value instanceof GoNumber) return isTrueNumber(value);
  return true;
}

function isTrueNumber({ value }: GoNumber): boolean {
  if (typeof value === 'object') return value.real !== 0 || value.imag !== 0;
  return typeof value === 'bigint' ? value !== 0n : value !== 0;
}
