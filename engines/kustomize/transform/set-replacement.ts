import { encodeJson } from '@croft/encoding/json/encode';
import { writeYaml } from '@croft/encoding/yaml/write';
import { errorMessage } from '@croft/foundation/errors';
import type { FieldOptions, ReplacementTarget } from '../kustomization/kustomization.ts';
import { splitBracketPath } from '../yaml/field-path.ts';
import { assignNode, copyNode, type Node, type NodeKind, textOf } from '../yaml/node.ts';
import { nodeToValue } from '../yaml/node-value.ts';
import { findPath } from '../yaml/path-lookup.ts';
import { matchPath } from '../yaml/path-match.ts';
import { readNode } from '../yaml/read-documents.ts';

/** Writes a value to the fields that a target of a replacement names. Throws when one of them is missing. */
export function setReplacement(object: Node, value: Node, target: ReplacementTarget): void {
  const paths =
    target.fieldPaths === undefined || target.fieldPaths.length === 0 ? ['metadata.name'] : target.fieldPaths;
  const create = target.options?.create === true ? value.kind : undefined;
  for (const path of paths) {
    const steps = splitBracketPath(path, '.');
    if (setWithinText(object, value, steps, create)) continue;
    for (const field of findFields(object, steps, path, create)) setValue(field, value, target.options);
  }
}

function findFields(object: Node, steps: readonly string[], path: string, create: NodeKind | undefined): Node[] {
  const verb = create === undefined ? 'find' : 'find or create';
  const problem = `unable to ${verb} field ${JSON.stringify(path)} in replacement target`;
  let fields: Node[];
  try {
    fields = matchPath(object, steps, create);
  } catch (error) {
    throw new Error(`${problem}: ${errorMessage(error)}`);
  }
  if (fields.length === 0) throw new Error(problem);
  return fields;
}

/** A scalar takes the text and keeps what sort of value it was. */
function setValue(field: Node, value: Node, options: FieldOptions | undefined): void {
  const copy = copyNode(value);
  const { delimiter = '', index = 0 } = options ?? {};
  if (delimiter !== '') {
    if (field.kind !== 'scalar') throw new Error('delimiter option can only be used with scalar nodes');
    copy.value = joinPart(field.value.split(delimiter), index, textOf(value)).join(delimiter);
  }
  if (field.kind === 'scalar') field.value = copy.value;
  else assignNode(field, copy);
}

function joinPart(parts: string[], index: number, text: string): string[] {
  if (index < 0) return [text, ...parts];
  return index >= parts.length ? [...parts, text] : parts.with(index, text);
}

/** A field that is a text may hold JSON or YAML of its own, in which the rest of the path leads on. */
function setWithinText(object: Node, value: Node, steps: readonly string[], create: NodeKind | undefined): boolean {
  const found = findText(object, steps);
  if (found === undefined) return false;
  const { field, inner, rest } = found;
  let targets: Node[];
  try {
    targets = matchPath(inner, rest, create);
  } catch {
    return false;
  }
  if (targets.length === 0) return false;
  for (const target of targets) {
    if (target.kind === 'scalar') target.value = value.value;
    else assignNode(target, value);
  }
  field.value = writeInner(inner, field.value);
  return true;
}

function findText(
  object: Node,
  steps: readonly string[],
): { field: Node; inner: Node; rest: readonly string[] } | undefined {
  for (let length = 1; length < steps.length; length++) {
    const field = attempt(() => findPath(object, steps.slice(0, length)));
    if (field?.kind !== 'scalar') continue;
    const inner = attempt(() => readNode(field.value));
    if (inner !== undefined) return { field, inner, rest: steps.slice(length) };
  }
  return undefined;
}

function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}

/** JSON stays JSON, in lines if it was so. */
function writeInner(inner: Node, before: string): string {
  const value = nodeToValue(inner);
  if (!/^\s*[{[]/.test(before)) return writeYaml(value).trim();
  const pretty = before.includes('\n') && before.includes('  ');
  return encodeJson(value, pretty ? { indent: '  ' } : {});
}
