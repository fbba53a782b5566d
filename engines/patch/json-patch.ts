import { StatusError } from '@croft/api/status';
import { isJsonObject, jsonEqual } from '@croft/foundation/json';
import { readKey, withKey, withoutKey } from '@croft/foundation/json-keys';
import { PatchConflict } from './patch-error.ts';

type Change = (container: object, key: string) => object;

const maxOperations = 10_000;

/**
 * Applies the operations of RFC 6902 and shares what they leave alone with the input. Throws StatusError: 400 for
 * what is no patch, 413 for too long a patch, 422 for an operation that fails. Like the library that Kubernetes uses:
 * replacing a missing key adds it, a negative index counts from the end, what precedes the first `/` is ignored.
 */
export function applyJsonPatch<T>(document: T, operations: unknown): T {
  if (!Array.isArray(operations)) throw undecodable(operations, '[]handlers.jsonPatchOp');
  if (operations.length > maxOperations) {
    throw new StatusError(
      413,
      'RequestEntityTooLarge',
      `Request entity too large: The allowed maximum operations in a JSON patch is ${maxOperations}, got ${operations.length}`,
    );
  }
  let result: unknown = document;
  for (const operation of operations) {
    if (!isJsonObject(operation)) throw undecodable(operation, 'handlers.jsonPatchOp');
    result = applyOperation(result, operation);
  }
  return result as T;
}

function applyOperation(document: unknown, operation: object): unknown {
  const op = readKey(operation, 'op');
  const path = textOf(operation, 'path');
  const value = readKey(operation, 'value') ?? null;
  switch (op) {
    case 'add':
      return changeAt(document, path, (container, key) => addTo(container, key, value));
    case 'remove':
      return changeAt(document, path, removeFrom);
    case 'replace':
      return path === '' ? value : changeAt(document, path, (container, key) => replaceIn(container, key, value));
    case 'move': {
      const from = textOf(operation, 'from');
      const moved = valueAt(document, from);
      return changeAt(changeAt(document, from, removeFrom), path, (container, key) => addTo(container, key, moved));
    }
    case 'copy': {
      const copied = valueAt(document, textOf(operation, 'from')) ?? null;
      return changeAt(document, path, (container, key) => addTo(container, key, copied));
    }
    case 'test':
      if (!jsonEqual(valueAt(document, path) ?? null, value)) throw new PatchConflict(`testing value ${path} failed`);
      return document;
    default:
      throw new PatchConflict(`Unexpected kind: ${String(op)}`);
  }
}

function textOf(operation: object, name: string): string {
  const text = readKey(operation, name);
  if (typeof text !== 'string') throw new PatchConflict(`the operation's ${name} is missing`);
  return text;
}

/** The parent containers' copies on the way to the path, with the last one changed. */
function changeAt(document: unknown, path: string, change: Change): unknown {
  const tokens = tokensOf(path);
  if (tokens.length === 0) throw missingPath(path);
  return descend(document, tokens, 0, path, change);
}

function descend(node: unknown, tokens: readonly string[], depth: number, path: string, change: Change): unknown {
  if (typeof node !== 'object' || node === null) throw missingPath(path);
  const token = tokens[depth] ?? '';
  if (depth === tokens.length - 1) return change(node, token);
  const child = descend(childOf(node, token), tokens, depth + 1, path, change);
  return Array.isArray(node) ? node.with(indexOf(token, node.length), child) : withKey(node, token, child);
}

function valueAt(document: unknown, path: string): unknown {
  let node = document;
  for (const token of tokensOf(path)) {
    if (typeof node !== 'object' || node === null) throw missingPath(path);
    node = childOf(node, token);
  }
  return node;
}

function childOf(container: object, token: string): unknown {
  return Array.isArray(container) ? container[indexOf(token, container.length)] : readKey(container, token);
}

function addTo(container: object, key: string, value: unknown): object {
  if (!Array.isArray(container)) return withKey(container, key, value);
  const at = key === '-' ? container.length : indexOf(key, container.length + 1);
  return container.toSpliced(at, 0, value);
}

function removeFrom(container: object, key: string): object {
  if (Array.isArray(container)) return container.toSpliced(indexOf(key, container.length), 1);
  if (!Object.hasOwn(container, key)) throw new PatchConflict(`Unable to remove nonexistent key: ${key}`);
  return withoutKey(container, key);
}

function replaceIn(container: object, key: string, value: unknown): object {
  return Array.isArray(container)
    ? container.with(indexOf(key, container.length), value)
    : withKey(container, key, value);
}

function indexOf(token: string, size: number): number {
  const index = /^[+-]?\d{1,9}$/.test(token) ? Number(token) : Number.NaN;
  const fromStart = index < 0 ? index + size : index;
  if (!(fromStart >= 0 && fromStart < size)) throw new PatchConflict(`Unable to access invalid index: ${token}`);
  return fromStart;
}

function tokensOf(path: string): string[] {
  return path
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function missingPath(path: string): PatchConflict {
  return new PatchConflict(`doc is missing path: ${path}`);
}

function undecodable(value: unknown, type: string): StatusError {
  const shape = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;
  const message = `error decoding patch: json: cannot unmarshal ${shape} into Go value of type ${type}`;
  return new StatusError(400, 'BadRequest', message);
}
