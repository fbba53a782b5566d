import { errorMessage } from '@croft/foundation/errors';
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
  for (const item of value) {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) {
      throw new Error('json: cannot unmarshal value into Go value of type jsonpatch.Operation');
    }
  }
  return value as JsonOperations;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new Error(`invalid character in JSON patch: ${errorMessage(error)}`);
  }
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
  try {
    return applyJsonPatch(document, [operation]);
  } catch (error) {
    if (!(error instanceof PatchConflict)) throw error;
    throw new Error(describeConflict(operation, String(error.cause)));
  }
}

/** The problem in the words of the library that kustomize uses. */
function describeConflict(operation: Operation, problem: string): string {
  const op = String(operation.op);
  const path = String(operation.path);
  if (op === 'test' && problem.startsWith('testing value')) return `${problem}: test failed`;
  if (problem.startsWith('Unable to remove')) return `error in ${op} for path: '${path}': ${problem}: missing value`;
  const index = /^Unable to access invalid index: (.*)$/.exec(problem)?.[1];
  const atEnd = index !== undefined && path.endsWith(`/${index}`);
  if (atEnd && op === 'replace') return `replace operation does not apply: doc is missing key: ${path}: missing value`;
  if (atEnd) return `error in ${op} for path: '${path}': ${problem}: invalid index referenced`;
  if (index === undefined && !problem.startsWith('doc is missing path')) return problem;
  return `${op} operation does not apply: ${missingText(operation)}: missing value`;
}

function missingText({ op, path, from }: Operation): string {
  if (op === 'replace') return `doc is missing path: ${String(path)}`;
  if (op === 'test') return `is missing path: ${String(path)}`;
  if (op === 'move' || op === 'copy') return `doc is missing from path: ${String(from)}`;
  return `doc is missing path: ${JSON.stringify(path)}`;
}
