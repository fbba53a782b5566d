import { findJsonProblem } from '@croft/encoding/json/scan';
import { applyJsonPatch } from '@croft/patch/json-patch';
import { PatchConflict } from '@croft/patch/patch-error';
import { readValue } from '../kustomization/decode.ts';
import { isInternalAnnotation } from '../resource/build-annotations.ts';
import { annotationsOf, setAnnotations } from '../resource/resource.ts';
import { assignNode, type Node } from '../yaml/node.ts';
import { fromPlain, nodeToValue, toFloats, toPlain, type Value, valueToNode } from '../yaml/node-value.ts';

/** The operations of RFC 6902. */
export type JsonOperations = readonly Readonly<Record<string, unknown>>[];

/** Reads a JSON patch written as JSON or YAML. Throws when it is no list of operations. */
export function parseJsonPatch(text: string): JsonOperations {
  if (text === '') throw new Error('empty json patch operations');
  const value = text.startsWith('[') ? parseJson(text) : toPlain(readValue(text));
  if (value === null) return [];
  if (!Array.isArray(value)) {
    throw new Error('json: cannot unmarshal object into Go value of type jsonpatch.Patch');
  }
  for (const item of value) validateOperation(item);
  return value as JsonOperations;
}

const kinds = new Set(['add', 'remove', 'replace', 'move', 'copy', 'test']);

function validateOperation(operation: unknown): void {
  const problem = findProblem((operation ?? {}) as Operation);
  if (problem !== undefined) throw new Error(`invalid operation ${renderSorted(operation)}: ${problem}`);
}

/** What the library that kustomize uses says of an operation that is incomplete. */
function findProblem(operation: Operation): string | undefined {
  const { op, path, value } = operation;
  if (typeof op !== 'string' || !kinds.has(op)) return 'unsupported operation';
  if ((op === 'add' || op === 'replace') && value === undefined) {
    return "failed to decode 'value': operation, missing value field: missing value";
  }
  if (op === 'move' || op === 'copy') {
    const problem = findTextProblem(operation.from, 'operation, missing from field');
    if (problem !== undefined) return `failed to decode 'from': ${problem}`;
  }
  const problem = findTextProblem(path, 'operation missing path field');
  return problem === undefined ? undefined : `failed to decode 'path': ${problem}`;
}

function findTextProblem(value: unknown, missing: string): string | undefined {
  if (typeof value === 'string') return undefined;
  if (value === undefined || value === null) return `${missing}: missing value`;
  const kind = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  return `json: cannot unmarshal ${kind} into Go value of type string`;
}

/** The operation as JSON with its fields in order. */
function renderSorted(operation: unknown): string {
  const fields = Object.entries((operation ?? {}) as Operation).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(Object.fromEntries(fields));
}

function parseJson(text: string): unknown {
  const problem = findJsonProblem(text);
  if (problem !== undefined) throw new Error(problem);
  return JSON.parse(text) as unknown;
}

/** Changes an object by a JSON patch; numbers pass through float64. Throws with the words of kustomize's library. */
export function patchObject(node: Node, operations: JsonOperations): void {
  const kept = new Map([...annotationsOf(node)].filter(([key]) => isInternalAnnotation(key)));
  let document: unknown = toPlain(nodeToValue(node));
  for (const operation of operations) document = applyOperation(document, operation);
  const value = toFloats(fromPlain(document));
  if (!(value instanceof Map)) throw new Error('json: cannot unmarshal the patched object into a map');
  assignNode(node, { ...valueToNode(value as Value), line: 0 });
  setAnnotations(node, new Map([...annotationsOf(node), ...kept]));
}

type Operation = JsonOperations[number];

function applyOperation(document: unknown, operation: Operation): unknown {
  const { op, path, value } = operation;
  // The library passes over a whole document that is neither object nor list.
  if (op === 'replace' && path === '' && (typeof value !== 'object' || value === null)) return document;
  try {
    expectSource(document, operation);
    return applyJsonPatch(document, [operation]);
  } catch (error) {
    if (!(error instanceof PatchConflict)) throw error;
    throw new Error(describeConflict(operation, String(error.cause)));
  }
}

/** What is replaced, moved, copied or tested must be there; the whole document cannot be moved or copied. */
function expectSource(document: unknown, { op, path, from }: Operation): void {
  if (op !== 'replace' && op !== 'move' && op !== 'copy' && op !== 'test') return;
  const sourced = op === 'move' || op === 'copy';
  const pointer = String(sourced ? from : path);
  if (!pointer.includes('/') && (sourced || pointer !== '')) throw new PatchConflict(`doc is missing path: ${pointer}`);
  if (op === 'test') return;
  const keys = pointer.split('/').slice(1).map(unescapeToken);
  const last = keys.pop();
  let at = document;
  for (const key of keys) at = typeof at === 'object' && at !== null ? (at as Operation)[key] : undefined;
  if (last === undefined || typeof at !== 'object' || at === null || Array.isArray(at) || Object.hasOwn(at, last))
    return;
  throw new PatchConflict(`unable to get nonexistent key: ${last}`);
}

function unescapeToken(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** The problem in the words of the library that kustomize uses. */
function describeConflict(operation: Operation, problem: string): string {
  const { op, path, from } = operation;
  const sourced = op === 'move' || op === 'copy';
  if (op === 'test' && problem.startsWith('testing value')) return `${problem}: test failed`;
  const missing = /^doc is missing path: (.*)$/s.exec(problem)?.[1];
  const index = /^Unable to access invalid index: (.*)$/s.exec(problem)?.[1];
  if (missing !== undefined || (index !== undefined && !isLast(operation, index))) {
    return `${String(op)} operation does not apply: ${missingText(operation, missing)}: missing value`;
  }
  const place = placeOf(operation, index);
  if (op === 'replace') return `replace operation does not apply: doc is missing key: ${String(path)}: missing value`;
  if (index === undefined)
    return `${place}: ${problem.replace(/^Unable to remove/, 'unable to remove')}: missing value`;
  if (/^[+-]?\d+$/.test(index)) return `${place}: ${problem}: invalid index referenced`;
  const syntax = `strconv.Atoi: parsing ${JSON.stringify(index)}: invalid syntax`;
  const added = op === 'add' || (sourced && index !== lastToken(from));
  return added ? `${place}: value was not a proper array index: '${index}': ${syntax}` : `${place}: ${syntax}`;
}

function placeOf({ op, path, from }: Operation, index: string | undefined): string {
  const ofSource = index === undefined || index === lastToken(from);
  if (op === 'copy')
    return ofSource ? `error in copy for from: '${String(from)}'` : 'error while adding value during copy';
  return `error in ${String(op)} for path: '${op === 'move' && ofSource ? unescapeToken(lastToken(from)) : String(path)}'`;
}

function isLast({ op, path, from }: Operation, token: string): boolean {
  return lastToken(path) === token || ((op === 'move' || op === 'copy') && lastToken(from) === token);
}

function lastToken(path: unknown): string {
  const text = String(path);
  return text.slice(text.lastIndexOf('/') + 1);
}

function missingText({ op, path, from }: Operation, missing: string | undefined): string {
  if (op === 'replace') return `doc is missing path: ${String(path)}`;
  if (op === 'test') return `is missing path: ${String(path)}`;
  if (op !== 'move' && op !== 'copy') return `doc is missing path: ${JSON.stringify(path)}`;
  return missing === path && missing !== from
    ? `doc is missing destination path: ${String(path)}`
    : `doc is missing from path: ${String(from)}`;
}
