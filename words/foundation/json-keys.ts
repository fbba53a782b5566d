import type { JsonObject } from './json.ts';

// JSON may name any key, `__proto__` and `constructor` too: these neither read nor write through the prototype.

/** The value of the object's own key; undefined when it has none. */
export function readKey(object: object, key: string): unknown {
  return Object.hasOwn(object, key) ? (object as JsonObject)[key] : undefined;
}

/** Sets a key of an object that the caller has just made. */
export function setKey(object: object, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
  } else {
    (object as Record<string, unknown>)[key] = value;
  }
}

/** A copy with one key set. */
export function withKey<T extends object>(object: T, key: string, value: unknown): T {
  const copy = { ...object };
  setKey(copy, key, value);
  return copy;
}

/** A copy without one key; the object itself when it has no such key. */
export function withoutKey<T extends object>(object: T, key: string): T {
  if (!Object.hasOwn(object, key)) return object;
  const copy = { ...object };
  delete (copy as JsonObject)[key];
  return copy;
}
