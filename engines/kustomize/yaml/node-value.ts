import { formatFloat } from '@croft/encoding/json/number';
import { resolveText } from './core-schema.ts';
import { makeNode, type Node } from './node.ts';
import { needsQuotes, resolveScalar } from './scalar.ts';

/** A value as JSON knows it; integers that a number cannot hold are bigint. */
export type Value = null | boolean | number | bigint | string | Value[] | Map<string, Value>;

/** What the nodes mean, as JSON. Throws with Go's words where JSON has no such value, or a key stands twice. */
export function nodeToValue(node: Node): Value {
  if (node.kind === 'scalar') return scalarToValue(node);
  if (node.kind === 'sequence') return node.content.map(nodeToValue);
  const map = new Map<string, Value>();
  const lines = new Map<string, number>();
  for (let i = 0; i + 1 < node.content.length; i += 2) {
    const key = node.content[i] as Node;
    const name = keyText(key);
    const before = lines.get(name);
    if (before !== undefined) {
      const where = `line ${key.line}: mapping key ${JSON.stringify(name)} already defined at line ${before}`;
      throw new Error(`yaml: unmarshal errors:\n  ${where}`);
    }
    lines.set(name, key.line);
    map.set(name, nodeToValue(node.content[i + 1] as Node));
  }
  return map;
}

function keyText(key: Node): string {
  const meaning = key.kind === 'scalar' ? resolveScalar(key) : undefined;
  if (typeof meaning?.value === 'string') return meaning.value;
  throw new Error('json: unsupported type: map[interface {}]interface {}');
}

function scalarToValue(node: Node): Value {
  const { value } = resolveScalar(node);
  if (typeof value === 'number' && !Number.isFinite(value)) {
    const text = Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
    throw new Error(`json: unsupported value: ${text}`);
  }
  return value;
}

/** The nodes of a JSON value, as if it had been written as YAML and read again. */
export function valueToNode(value: Value): Node {
  if (Array.isArray(value)) return { ...makeNode('sequence', '', '!!seq'), content: value.map(valueToNode) };
  if (value instanceof Map) {
    const content = [...value].flatMap(([key, item]) => [stringNode(key), valueToNode(item)]);
    return { ...makeNode('mapping', '', '!!map'), content };
  }
  if (typeof value === 'string') return stringNode(value);
  const text = value === null ? 'null' : typeof value === 'number' ? formatFloat(value) : String(value);
  return makeNode('scalar', text, resolveText(text).tag);
}

function stringNode(text: string): Node {
  return { ...makeNode('scalar', text, '!!str'), quoted: needsQuotes(text) };
}

/** A value in which all numbers are float64, as Go's JSON reads them into interface{}. */
export function toFloats(value: Value): Value {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(toFloats);
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, toFloats(item)]));
  return value;
}

/** The value with plain objects for maps, and numbers for integers that are too large for them. */
export function toPlain(value: Value): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(toPlain);
  if (!(value instanceof Map)) return value;
  return Object.fromEntries([...value].map(([key, item]) => [key, toPlain(item)]));
}

/** The value with maps for plain objects; maps within may stay. */
export function fromPlain(value: unknown): Value {
  if (Array.isArray(value)) return value.map(fromPlain);
  if (typeof value !== 'object' || value === null) return value as Value;
  const entries: Iterable<[string, unknown]> = value instanceof Map ? value : Object.entries(value);
  return new Map([...entries].map(([key, item]) => [key, fromPlain(item)]));
}
