import { ANY_SLICE } from '@croft/gotemplate/type';
import { GoSlice, NilMap, type Value } from '@croft/gotemplate/value';
import { jsonKind } from '../yaml/read.ts';
import { findJsonProblem } from './scan.ts';

/** JSON that cannot be read; the message is encoding/json's. */
export class JsonDecodeError extends Error {
  override readonly name = 'JsonDecodeError';
}

/** Reads JSON as encoding/json does into interface{}: numbers are float64. Throws JsonDecodeError. */
export function decodeJson(text: string): Value {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new JsonDecodeError(findJsonProblem(text) ?? 'unexpected end of JSON input');
  }
  return toValue(parsed);
}

/** Reads JSON that must be an object; null is a nil map. Throws JsonDecodeError. */
export function decodeJsonMap(text: string): Map<string, Value> {
  const value = decodeJson(text);
  if (value === null) return new NilMap();
  if (value instanceof Map) return value;
  throw wrongType(value, 'map[string]interface {}');
}

/** Reads JSON that must be an array; null is a nil slice. Throws JsonDecodeError. */
export function decodeJsonList(text: string): Value {
  const value = decodeJson(text);
  if (value === null) return new GoSlice(ANY_SLICE, [], true);
  if (Array.isArray(value)) return value;
  throw wrongType(value, '[]interface {}');
}

function wrongType(value: Value, goType: string): JsonDecodeError {
  return new JsonDecodeError(`json: cannot unmarshal ${jsonKind(value)} into Go value of type ${goType}`);
}

/** Parsed JSON as values of templates. */
export function toValue(parsed: unknown): Value {
  if (parsed === null || typeof parsed === 'boolean') return parsed;
  if (typeof parsed === 'string') return parsed.isWellFormed() ? parsed : parsed.toWellFormed();
  if (typeof parsed === 'number') {
    if (!Number.isFinite(parsed)) {
      throw new JsonDecodeError('json: cannot unmarshal number into Go value of type float64');
    }
    return parsed;
  }
  if (Array.isArray(parsed)) return parsed.map(toValue);
  const entries = Object.entries(parsed as Record<string, unknown>);
  return new Map(entries.map(([key, item]) => [key.toWellFormed(), toValue(item)]));
}
