import type { GoFunction } from '../functions.ts';
import type { GoType } from '../type.ts';
import { findType, GoPointer, GoStruct, type Value } from '../value.ts';

/** A method with the value it is called on. */
export interface BoundMethod {
  readonly receiver: Value;
  readonly method: GoFunction;
}

/**
 * The method of a value, as reflect's MethodByName: those of the value's type, of the element that a pointer points to,
 * and of embedded structs. `addressable`: methods with a pointer receiver count too.
 */
export function findMethod(value: Value, name: string, addressable: boolean): BoundMethod | undefined {
  const type = findType(value);
  if (type === undefined) return undefined;
  const own = type.methods?.get(name) ?? (addressable && !isCopied(value) ? type.pointerMethods?.get(name) : undefined);
  if (own !== undefined) return { receiver: value, method: own };
  if (value instanceof GoPointer) return value.target === null ? undefined : findMethod(value.target, name, true);
  return type.kind === 'struct' ? findPromoted(value, type, name, addressable) : undefined;
}

function isCopied(value: Value): boolean {
  return value instanceof GoStruct && value.isCopy;
}

function findPromoted(value: Value, type: GoType, name: string, addressable: boolean): BoundMethod | undefined {
  const fields = value !== null && typeof value === 'object' && 'fields' in value ? value.fields : undefined;
  for (const field of type.fields ?? []) {
    if (field.embedded !== true) continue;
    const found = findMethod(fields?.get(field.name) ?? null, name, addressable);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What Error() or String() of the value gives; undefined when it has neither. */
export function findDisplayText(value: Value, addressable = false): string | undefined {
  return findMethodText(value, 'Error', addressable) ?? findMethodText(value, 'String', addressable);
}

/** What the method of that name gives, when it takes nothing and gives a string. */
export function findMethodText(value: Value, name: string, addressable: boolean): string | undefined {
  const bound = findMethod(value, name, addressable);
  if (bound === undefined || bound.method.params.length > 0) return undefined;
  const text = bound.method.call(bound.receiver);
  return typeof text === 'string' ? text : undefined;
}
