import { formatFloat32, formatJsonNumber } from '@croft/encoding/json/number';
import { keyText, resolveScalar, YamlDecoder } from '@croft/encoding/yaml/decode';
import { parseYaml, type YamlNode } from '@croft/encoding/yaml/parse';
import { convertYamlErrors, readYaml } from '@croft/encoding/yaml/read';
import { errorMessage } from '@croft/foundation/errors';
import type { Value } from '../yaml/node-value.ts';
import type { Shape, StructShape } from './shape.ts';

/** A struct's fields by name; what was not given is not there. */
export type Struct = { readonly [field: string]: unknown };

/** A YAML text as sigs.k8s.io/yaml turns it to JSON: YAML 1.1, keys as text, numbers as float64. */
export function readValue(text: string): Value {
  try {
    return readYaml(text) as Value;
  } catch (error) {
    throw new Error(errorMessage(error).replace(/^error converting YAML to JSON: /, ''));
  }
}

/**
 * Reads a struct as Go's JSON decoder does with unknown fields forbidden: types must fit, case of names does not matter.
 * Throws with Go's words.
 */
export function decodeStrict(value: Value, shape: StructShape): Struct {
  return decodeValue(value, shape, { struct: shape.name, path: '', strict: true }) as Struct;
}

/**
 * Reads a struct as sigs.k8s.io/yaml does: unknown fields are passed over, and numbers and booleans become text where
 * text is wanted. Throws with its words.
 */
export function decodeLoose(text: string, shape: StructShape): Struct {
  const value = convertYamlErrors(() => {
    const node = parseYaml(text);
    return node === undefined ? null : looseValue(node, shape);
  });
  try {
    return decodeValue(value, shape, { struct: shape.name, path: '', strict: false }) as Struct;
  } catch (error) {
    throw new Error(`error unmarshaling JSON: while decoding JSON: ${errorMessage(error)}`);
  }
}

/** The value of a node, in which scalars have become text where the shape wants text. */
function looseValue(node: YamlNode, shape: Shape | undefined): Value {
  const target = node.target ?? node;
  if (target.kind === 'scalar') {
    const { value } = resolveScalar(target);
    if (shape?.is !== 'text' || value === null || typeof value === 'string')
      return typeof value === 'bigint' ? Number(value) : value;
    return typeof value === 'number' ? formatFloat32(value) : String(value);
  }
  if (target.kind === 'sequence') {
    const of = shape?.is === 'list' ? shape.of : undefined;
    return target.children.map((child) => looseValue(child, of));
  }
  if (shape?.is !== 'struct' && shape?.is !== 'map') return new YamlDecoder().decode(target) as Value;
  const plain = new YamlDecoder().decode(target) as Map<string, Value>;
  for (let i = 0; i + 1 < target.children.length; i += 2) {
    const key = target.children[i] as YamlNode;
    const value = target.children[i + 1] as YamlNode;
    const name = nameOfKey(key);
    const field = shape.is === 'map' ? shape.of : findLooseField(shape, name);
    if (field !== undefined && plain.has(name)) plain.set(name, looseValue(value, field));
  }
  return plain;
}

/** What fields of embedded structs want is not known where numbers become text. */
function findLooseField(shape: StructShape, name: string): Shape | undefined {
  const [known, field] = findField(shape, name) ?? [];
  return known === undefined || shape.embedded?.[known] !== undefined ? undefined : field;
}

/** A key as text: booleans and numbers have become it. */
function nameOfKey(key: YamlNode): string {
  const target = key.target ?? key;
  return target.kind === 'scalar' ? keyText(resolveScalar(target), () => null) : '';
}

interface Place {
  readonly struct: string;
  readonly path: string;
  readonly strict: boolean;
}

function decodeValue(value: Value, shape: Shape, place: Place): unknown {
  if (value === null) return shape.is === 'struct' && place.path === '' ? {} : undefined;
  switch (shape.is) {
    case 'any':
      return value;
    case 'text':
      return typeof value === 'string' ? value : fail(value, shape.goType ?? 'string', place);
    case 'flag':
      return typeof value === 'boolean' ? value : fail(value, 'bool', place);
    case 'number':
      return typeof value === 'number'
        ? wholeNumber(value, shape.goType, place)
        : fail(value, shape.goType ?? 'int64', place);
    case 'list':
      if (!Array.isArray(value)) return fail(value, shape.goType, place);
      return value.map((item) => decodeValue(item, shape.of, place) ?? zeroOf(shape.of));
    case 'map':
      if (!(value instanceof Map)) return fail(value, shape.goType, place);
      return new Map(
        inOrder(value).map(([key, item]) => [key, decodeValue(item, shape.of, place) ?? zeroOf(shape.of)]),
      );
    case 'struct':
      if (!(value instanceof Map)) return fail(value, `${shape.goPackage ?? 'types'}.${shape.name}`, place);
      return decodeFields(value, shape, place);
  }
}

function decodeFields(value: Map<string, Value>, shape: StructShape, place: Place): Struct {
  const result: Record<string, unknown> = {};
  for (const [key, item] of inOrder(value)) {
    const field = findField(shape, key);
    if (field === undefined) {
      if (place.strict) throw new Error(`json: unknown field ${JSON.stringify(key)}`);
      continue;
    }
    const [name, inner] = field;
    const embedded = shape.embedded?.[name];
    const goName = embedded === undefined ? name : `${embedded}.${name}`;
    const decoded = decodeValue(item, inner, { ...inside(place, goName), struct: shape.name });
    if (decoded !== undefined) result[name] = decoded;
  }
  return result;
}

/** The YAML has become JSON with sorted keys, so of several errors the first one of these is told. */
function inOrder(value: Map<string, Value>): [string, Value][] {
  return [...value].sort(([a], [b]) => (a < b ? -1 : 1));
}

function inside(place: Place, name: string): Place {
  return { ...place, path: place.path === '' ? name : `${place.path}.${name}` };
}

function zeroOf(shape: Shape): unknown {
  return shape.is === 'text' ? '' : shape.is === 'struct' ? {} : shape.is === 'flag' ? false : null;
}

function findField(shape: StructShape, key: string): readonly [string, Shape] | undefined {
  const exact = Object.hasOwn(shape.fields, key) ? shape.fields[key] : undefined;
  if (exact !== undefined) return [key, exact];
  return Object.entries(shape.fields).find(([name]) => name.toLowerCase() === key.toLowerCase());
}

function wholeNumber(value: number, goType = 'int64', place: Place): number {
  return Number.isInteger(value) ? value : fail(value, goType, place);
}

function fail(value: Value, goType: string, place: Place): never {
  const kind = Array.isArray(value)
    ? 'array'
    : value instanceof Map
      ? 'object'
      : typeof value === 'boolean'
        ? 'bool'
        : typeof value;
  const shown = kind === 'number' && goType.startsWith('int') ? `number ${formatJsonNumber(value as number)}` : kind;
  const where =
    place.path === ''
      ? `Go value of type ${goType}`
      : `Go struct field ${place.struct}.${place.path} of type ${goType}`;
  throw new Error(`json: cannot unmarshal ${shown} into ${where}`);
}
