import type { FieldSpec } from '../config/field-spec.ts';
import type { Variable } from '../kustomization/kustomization.ts';
import type { Resource } from '../resource/resource.ts';
import { formatGvk, type Gvk, parseGvk, resourceId, sameGvk, sameId } from '../resource/resource-id.ts';
import type { ResourceList } from '../resource/resource-list.ts';
import { splitBracketPath } from '../yaml/field-path.ts';
import { isNull, isText, type Node } from '../yaml/node.ts';
import { nodeToValue } from '../yaml/node-value.ts';
import { findPath } from '../yaml/path-lookup.ts';
import { applySpec } from './apply-spec.ts';
import { expandText, type VariableValue } from './expand-text.ts';

/** A variable with all its parts. */
export interface FullVariable {
  readonly name: string;
  readonly target: Gvk & { readonly name: string; readonly namespace: string };
  readonly fieldPath: string;
}

export function fullVariable({ name = '', objref = {}, fieldref = {} }: Variable): FullVariable {
  const { apiVersion = '', group = '', version = '', kind = '', name: target = '', namespace = '' } = objref;
  const gvk = apiVersion === '' ? { group, version, kind } : parseGvk(apiVersion, kind);
  return { name, target: { ...gvk, name: target, namespace }, fieldPath: fieldref.fieldPath || 'metadata.name' };
}

/** The variables of both, by name. Throws when a name stands for two. */
export function mergeVariables(known: readonly FullVariable[], added: readonly FullVariable[]): FullVariable[] {
  const result = [...known];
  for (const variable of added) {
    if (result.some(({ name }) => name === variable.name)) {
      throw new Error(`var '${variable.name}' already encountered`);
    }
    result.push(variable);
  }
  return result.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Remembers which object a variable reads from, before its name changes. Throws when there are several. */
export function markSource(list: ResourceList, variable: FullVariable): void {
  const { target } = variable;
  const id = resourceId(target, target.name, target.namespace);
  const exact = target.namespace !== '' || id.space === '_non_namespaceable_';
  const found = list.withAnyId((other) => (exact ? sameId(id, other) : id.name === other.name && sameGvk(id, other)));
  const [only, ...more] = found;
  if (only === undefined) return;
  if (more.length > 0) {
    throw new Error(`found ${found.length} resId matches for var ${formatVariable(variable)} (unable to disambiguate)`);
  }
  only.variables.push(variable.name);
}

/** The variables of a kustomization as Go prints them, without what `apiVersion` says. */
export function formatVariables(variables: readonly Variable[]): string {
  const texts = variables.map(({ name = '', objref = {}, fieldref = {} }) => {
    const { group = '', version = '', kind = '' } = objref;
    return `{${name} ${formatGvk({ group, version, kind })} {${fieldref.fieldPath ?? ''}}}`;
  });
  return `[${texts.join(' ')}]`;
}

/** As Go prints the struct, which for its embedded kind prints only that. */
function formatVariable({ name, target, fieldPath }: FullVariable): string {
  return `{${name} ${formatGvk(target)} {${fieldPath}}}`;
}

/** Puts the values of variables where `$(NAME)` stands. Throws when a variable has no source. */
export function resolveVariables(
  list: ResourceList,
  variables: readonly FullVariable[],
  specs: readonly FieldSpec[],
): void {
  if (variables.length === 0) return;
  const values = new Map(variables.map((variable) => [variable.name, readVariable(list, variable)]));
  const expand = (text: string): VariableValue => expandText(text, (name) => values.get(name));
  for (const { node } of list.items) {
    for (const spec of specs) applySpec(node, { ...spec, create: false }, (field) => expandField(field, expand));
  }
}

function readVariable(list: ResourceList, variable: FullVariable): VariableValue | undefined {
  const source = list.items.find((item) => item.variables.includes(variable.name));
  if (source === undefined) {
    throw new Error(`var '${formatVariable(variable)}' cannot be mapped to a field in the set of known resources`);
  }
  const path = splitBracketPath(variable.fieldPath, '.').flatMap(splitIndex);
  const node = findSource(source, path);
  if (node !== undefined) return readScalar(node);
  throw new Error(`field specified in var '${formatVariable(variable)}' not found in corresponding resource`);
}

function findSource(source: Resource, path: readonly string[]): Node | undefined {
  try {
    return findPath(source.node, path);
  } catch {
    return undefined;
  }
}

/** `ports[0]` is a field and an index. */
function splitIndex(step: string): string[] {
  const match = /^(.*)\[(\d+)\]$/.exec(step);
  if (match === null) return [step];
  return [match[1] ?? '', match[2] ?? ''].filter((part) => part !== '');
}

/** Values that are no scalars cannot be put anywhere. */
function readScalar(node: Node): VariableValue | undefined {
  if (node.kind !== 'scalar') return undefined;
  if (!['!!int', '!!float', '!!bool'].includes(node.tag)) return node.value;
  const value = nodeToValue({ ...node, quoted: false });
  return typeof value === 'number' || typeof value === 'boolean' ? value : node.value;
}

function expandField(node: Node, expand: (text: string) => VariableValue): void {
  if (isNull(node)) return;
  if (node.kind === 'scalar') {
    if (isText(node)) setValue(node, expand(node.value));
    return;
  }
  for (const [i, item] of node.content.entries()) {
    const isKey = node.kind === 'mapping' && i % 2 === 0;
    if (!isText(item)) {
      if (isKey) throw new Error(`invalid map key: value='${item.value}', tag='${item.tag}'`);
      if (node.kind === 'sequence') throw new Error('invalid value type expect a string');
    } else if (!isKey) setValue(item, expand(item.value));
  }
}

function setValue(node: Node, value: VariableValue): void {
  node.value = String(value);
  node.quoted = false;
  if (typeof value === 'string') node.tag = '!!str';
  else if (typeof value === 'boolean') node.tag = '!!bool';
  else node.tag = Number.isInteger(value) ? '!!int' : '!!float';
}
