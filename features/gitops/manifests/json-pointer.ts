import { isJsonObject } from '@croft/foundation/json';
import { applyJsonPatch } from '@croft/patch/json-patch';

/** What a JSON pointer (RFC 6901) leads to; undefined when it leads to nothing. Throws on a text that is no pointer. */
export function findAt(document: unknown, pointer: string): unknown {
  if (pointer !== '' && !pointer.startsWith('/'))
    throw new Error(
      `${JSON.stringify(pointer)} is no JSON pointer: it must begin with a slash, as /spec/replicas does`,
    );
  const parts = pointer.split('/').slice(1);
  return parts.reduce<unknown>((value, part) => {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(value)) return /^\d+$/.test(key) ? value[Number(key)] : undefined;
    return isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  }, document);
}

/** The document with another value there, or without it where the value is undefined. A place that is not there stays so. */
export function withValueAt<T>(document: T, pointer: string, value: unknown): T {
  const holder = findAt(document, pointer.slice(0, pointer.lastIndexOf('/')));
  if (typeof holder !== 'object' || holder === null) return document;
  if (value !== undefined) return applyJsonPatch(document, [{ op: 'replace', path: pointer, value }]);
  if (findAt(document, pointer) === undefined) return document;
  return applyJsonPatch(document, [{ op: 'remove', path: pointer }]);
}
