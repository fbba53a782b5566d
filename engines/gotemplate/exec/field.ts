import { type BoundMethod, findMethod } from '../fmt/methods.ts';
import { quoteString } from '../fmt/quote.ts';
import { zeroValue } from '../reflect/zero.ts';
import { ANY } from '../type.ts';
import { findType, GoMap, GoPointer, GoStruct, type Maybe, typeName, type Value } from '../value.ts';
import type { MissingKeyed } from './frame.ts';
import { failAt, type Place } from './place.ts';

/** How a field is used: with the arguments of a method call, where there are any. */
export interface FieldUse {
  readonly name: string;
  readonly place: Place;
  readonly hasArguments: boolean;
  /** Calls the method that the name turned out to be. */
  readonly callMethod: (bound: BoundMethod) => Maybe;
}

/**
 * A field, map key or method result of the receiver, by the rules of text/template's evalField. `isWrapped` tells whether
 * Go holds the receiver as interface {}, for errors.
 */
export function readField(run: MissingKeyed, receiver: Maybe, isWrapped: () => boolean, use: FieldUse): Maybe {
  const { name, place } = use;
  if (receiver === undefined) {
    if (run.missingKey === 'error') failAt(place, `nil data; no entry for key ${quoteString(name)}`);
    return undefined;
  }
  if (receiver === null) return failAt(place, `nil pointer evaluating ${ANY.name}.${name}`);
  const bound = findMethod(receiver, name, true);
  if (bound !== undefined) return use.callMethod(bound);
  const target = receiver instanceof GoPointer ? dereference(receiver, isWrapped, use) : receiver;
  if (target instanceof Map) return readKey(run, target, undefined, use);
  if (target instanceof GoMap) return readKey(run, target.entries, target, use);
  if (target instanceof GoStruct) {
    const found = findField(target, name);
    if (found !== undefined) {
      if (!/^\p{Lu}/u.test(name)) {
        failAt(place, `${name} is an unexported field of struct type ${typeText(receiver, isWrapped)}`);
      }
      if (use.hasArguments) failAt(place, `${name} has arguments but cannot be invoked as function`);
      return found.value;
    }
  }
  return failAt(place, `can't evaluate field ${name} in type ${typeText(receiver, isWrapped)}`);
}

function typeText(receiver: Value, isWrapped: () => boolean): string {
  return isWrapped() ? ANY.name : typeName(receiver);
}

function dereference(pointer: GoPointer, isWrapped: () => boolean, { name, place }: FieldUse): Value {
  if (pointer.target instanceof GoPointer) return pointer.target.target;
  if (pointer.target !== null) return pointer.target;
  const fields = pointer.type.elem?.fields;
  if (fields !== undefined && !fields.some((field) => field.name === name)) return null;
  return failAt(place, `nil pointer evaluating ${typeText(pointer, isWrapped)}.${name}`);
}

/** A key of a map; `typed` when its elements have a type of their own. */
function readKey(run: MissingKeyed, entries: Map<string, Value>, typed: GoMap | undefined, use: FieldUse): Maybe {
  if (use.hasArguments) failAt(use.place, `${use.name} is not a method but has arguments`);
  const value = entries.get(use.name);
  return value === undefined ? missingKey(run, typed, use.name, use.place) : value;
}

/** What a key that is not there gives. */
export function missingKey(run: MissingKeyed, typed: GoMap | undefined, name: string, place: Place): Maybe {
  switch (run.missingKey) {
    case 'zero':
      return typed === undefined ? null : zeroValue(typed.type.elem ?? ANY);
    case 'error':
      return failAt(place, `map has no entry for key ${quoteString(name)}`);
    default:
      return undefined;
  }
}

/** The field of a struct or, where it has none, of those it embeds. */
function findField(struct: GoStruct, name: string): { value: Value } | undefined {
  for (const field of struct.type.fields ?? []) {
    if (field.name === name) return { value: struct.fields.get(name) ?? zeroValue(field.type) };
  }
  for (const field of struct.type.fields ?? []) {
    if (field.embedded !== true) continue;
    const inner = struct.fields.get(field.name);
    const target = inner instanceof GoPointer ? inner.target : inner;
    const found = target instanceof GoStruct ? findField(target, name) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether Go holds the elements or the named field of this receiver as interface {}. */
export function holdsInterfaces(receiver: Maybe, name: string): boolean {
  if (receiver instanceof GoPointer) return holdsInterfaces(receiver.target, name);
  if (receiver === undefined || receiver === null || findMethod(receiver, name, true) !== undefined) return false;
  const type = findType(receiver);
  if (type?.kind !== 'struct') return type?.elem?.kind === 'interface';
  return type.fields?.find((field) => field.name === name)?.type.kind === 'interface';
}
