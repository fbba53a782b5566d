import { sortedKeys, type Value } from '@croft/gotemplate/value';
import { formatFloat32 } from '../json/number.ts';
import { keyText, resolveScalar, YamlDecoder } from './decode.ts';
import { parseYaml, type YamlNode } from './parse.ts';
import { convertYamlErrors, jsonKind, YamlReadError } from './read.ts';

/** What a Go struct expects in a place: numbers and booleans become text where text is wanted. */
export type Shape =
  | { readonly kind: 'string' | 'bool' | 'any' }
  | { readonly kind: 'list'; readonly of: Shape; readonly goType: string }
  | { readonly kind: 'map'; readonly of: Shape; readonly goType: string }
  | { readonly kind: 'struct'; readonly goType: string; readonly fields: Readonly<Record<string, Shape>> };

/** A struct's fields by their keys in YAML; what is not given is left out. */
export type Fields = Map<string, Typed>;
export type Typed = null | string | boolean | Typed[] | Fields | { readonly value: Value };

export const TEXT: Shape = { kind: 'string' };
export const FLAG: Shape = { kind: 'bool' };
export const ANYTHING: Shape = { kind: 'any' };

export function listOf(of: Shape, goType: string): Shape {
  return { kind: 'list', of, goType };
}

/**
 * Reads YAML into a struct as sigs.k8s.io/yaml does: unknown keys are passed over, case does not matter, null leaves a field
 * as it is. Throws YamlReadError.
 */
export function readYamlStruct(text: string, shape: Shape & { kind: 'struct' }): Fields {
  return convertYamlErrors(() => {
    const node = parseYaml(text);
    if (node === undefined) return new Map();
    const value = decodeTyped(node, shape, { struct: bareName(shape.goType), path: '' });
    return value instanceof Map ? value : new Map();
  });
}

interface Place {
  /** The innermost struct, as Go's errors name it: '' when its type has no name. */
  struct: string;
  path: string;
}

function decodeTyped(node: YamlNode, shape: Shape, place: Place): Typed {
  const target = node.kind === 'alias' && node.target !== undefined ? node.target : node;
  if (target.kind === 'scalar') return decodeScalar(target, shape, place);
  switch (shape.kind) {
    case 'any':
      return { value: new YamlDecoder().decode(target) };
    case 'list':
      if (target.kind !== 'sequence') throw mismatch('object', shape, place);
      return target.children.map((child) => decodeTyped(child, shape.of, place));
    case 'map':
    case 'struct':
      if (target.kind !== 'mapping') throw mismatch('array', shape, place);
      return decodeEntries(target, shape, place);
    default:
      throw mismatch(target.kind === 'mapping' ? 'object' : 'array', shape, place);
  }
}

function decodeScalar(node: YamlNode, shape: Shape, place: Place): Typed {
  const { value } = resolveScalar(node);
  if (value === null) return null;
  if (shape.kind === 'any') return { value: new YamlDecoder().decode(node) };
  if (shape.kind === 'string') return typeof value === 'number' ? formatFloat32(value) : String(value);
  if (shape.kind === 'bool' && typeof value === 'boolean') return value;
  throw mismatch(jsonKind(typeof value === 'bigint' ? Number(value) : value), shape, place);
}

/** Of a key given twice the last one counts; keys that differ in case come in the order of their bytes, as in JSON. */
function decodeEntries(node: YamlNode, shape: Shape & { kind: 'map' | 'struct' }, place: Place): Fields {
  const fields: Fields = new Map();
  const entries = new Map<string, YamlNode>();
  for (let i = 0; i + 1 < node.children.length; i += 2) {
    const keyNode = node.children[i] as YamlNode;
    const valueNode = node.children[i + 1] as YamlNode;
    if (isMergeKey(keyNode)) mergeFields(valueNode, shape, place, fields);
    else {
      const key = keyText(resolveScalar(keyNode.target ?? keyNode), () => new YamlDecoder().decode(valueNode));
      if (entries.has(key)) new YamlDecoder().decode(entries.get(key) as YamlNode);
      entries.set(key, valueNode);
    }
  }
  for (const key of sortedKeys(entries)) {
    const valueNode = entries.get(key) as YamlNode;
    const field = shape.kind === 'map' ? ([key, shape.of] as const) : findField(shape.fields, key);
    if (field === undefined) {
      new YamlDecoder().decode(valueNode);
      continue;
    }
    const path = shape.kind === 'map' || place.path === '' ? field[0] : `${place.path}.${field[0]}`;
    const inner = shape.kind === 'map' ? place : { struct: structName(shape), path };
    const value = decodeTyped(valueNode, field[1], inner);
    if (value !== null || shape.kind === 'map') fields.set(field[0], value ?? '');
  }
  return fields;
}

function isMergeKey(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.implicit && node.value === '<<';
}

function mergeFields(node: YamlNode, shape: Shape & { kind: 'map' | 'struct' }, place: Place, into: Fields): void {
  const target = node.target ?? node;
  const maps = target.kind === 'sequence' ? [...target.children].reverse() : [target];
  for (const map of maps) {
    for (const [key, value] of decodeEntries(map.target ?? map, shape, place)) into.set(key, value);
  }
}

function findField(fields: Readonly<Record<string, Shape>>, key: string): readonly [string, Shape] | undefined {
  const exact = Object.hasOwn(fields, key) ? fields[key] : undefined;
  if (exact !== undefined) return [key, exact];
  return Object.entries(fields).find(([name]) => name.toLowerCase() === key.toLowerCase());
}

function structName(shape: Shape): string {
  const name = goName(shape);
  return name.startsWith('struct {') ? '' : bareName(name.replace(/^[*[\]]+/, ''));
}

function bareName(goType: string): string {
  return goType.slice(goType.lastIndexOf('.') + 1);
}

function goName(shape: Shape): string {
  return shape.kind === 'any' ? 'interface {}' : 'goType' in shape ? shape.goType : shape.kind;
}

function mismatch(kind: string, shape: Shape, place: Place): YamlReadError {
  const where =
    place.path === ''
      ? `Go value of type ${goName(shape)}`
      : `Go struct field ${place.struct}.${place.path} of type ${goName(shape)}`;
  return new YamlReadError(
    `error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${kind} into ${where}`,
  );
}
