import type { Value } from '@croft/gotemplate/value';
import { JsonValueError, YamlDecoder } from './decode.ts';
import { YamlError } from './error.ts';
import { parseYaml } from './parse.ts';

/** YAML that is not what was asked for; the message is that of sigs.k8s.io/yaml. */
export class YamlReadError extends Error {
  override readonly name = 'YamlReadError';
}

/**
 * The first document of the text as Helm sees it (sigs.k8s.io/yaml into interface{}): YAML 1.1 scalars, numbers as float64,
 * keys as text, the last of equal keys. null when there is none. Throws YamlReadError.
 */
export function readYaml(text: string): Value {
  return convertYamlErrors(() => {
    const node = parseYaml(text);
    return node === undefined ? null : new YamlDecoder().decode(node);
  });
}

/** Reads YAML that must be a mapping; null and no document are an empty one. Throws YamlReadError. */
export function readYamlMap(text: string, goType = 'map[string]interface {}'): Map<string, Value> {
  const value = readYaml(text);
  if (value === null) return new Map();
  if (value instanceof Map) return value;
  throw wrongType(value, goType);
}

/** Reads YAML that must be a list; null and no document are an empty one. Throws YamlReadError. */
export function readYamlList(text: string): Value[] {
  const value = readYaml(text);
  if (value === null) return [];
  if (Array.isArray(value)) return value;
  throw wrongType(value, '[]interface {}');
}

/** Runs a reader and gives its errors the words of sigs.k8s.io/yaml. */
export function convertYamlErrors<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof YamlError) throw new YamlReadError(`error converting YAML to JSON: yaml: ${error.message}`);
    if (error instanceof JsonValueError) throw new YamlReadError(`error converting YAML to JSON: ${error.message}`);
    throw error;
  }
}

function wrongType(value: Value, goType: string): YamlReadError {
  return new YamlReadError(
    `error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${jsonKind(value)} into Go value of type ${goType}`,
  );
}

/** What encoding/json calls the kind of a value. */
export function jsonKind(value: Value): string {
  if (Array.isArray(value)) return 'array';
  if (value instanceof Map) return 'object';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'string' ? 'string' : 'number';
}
