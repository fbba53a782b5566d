import { isJsonObject } from '@croft/foundation/json';
import { ANY_SLICE } from '@croft/gotemplate/type';
import { GoSlice, NilMap, type Value } from '@croft/gotemplate/value';
import { jsonKind } from '../yaml/read.ts';
import { findJsonProblem } from './scan.ts';

/** JSON that cannot be read; the message is encoding/json's. `decoded`: what Go has read all the same. */
export class JsonDecodeError extends Error {
  override readonly name = 'JsonDecodeError';
  readonly decoded: Value;

  constructor(message: string, decoded: Value = null) {
    super(message);
    this.decoded = decoded;
  }
}

/** Reads JSON as encoding/json does into interface{}: numbers are float64. Throws JsonDecodeError. */
export function decodeJson(text: string): Value {
  const parsed = parseJson(text);
  if (!hasOverflow(parsed)) return toValue(parsed);
  throw overflowError(text);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new JsonDecodeError(findJsonProblem(text) ?? 'unexpected end of JSON input');
  }
}

/** Reads JSON that must be an object; null is a nil map. Throws JsonDecodeError. */
export function decodeJsonMap(text: string): Map<string, Value> {
  const parsed = parseJson(text);
  if (parsed === null) return new NilMap();
  if (!isJsonObject(parsed)) throw wrongType(parsed, 'map[string]interface {}');
  if (hasOverflow(parsed)) throw overflowError(text);
  return toValue(parsed) as Map<string, Value>;
}

/** Reads JSON that must be an array; null is a nil slice. Throws JsonDecodeError. */
export function decodeJsonList(text: string): Value {
  const parsed = parseJson(text);
  if (parsed === null) return new GoSlice(ANY_SLICE, [], true);
  if (!Array.isArray(parsed)) throw wrongType(parsed, '[]interface {}');
  if (hasOverflow(parsed)) throw overflowError(text);
  return toValue(parsed);
}

function hasOverflow(parsed: unknown): boolean {
  if (typeof parsed === 'number') return !Number.isFinite(parsed);
  return typeof parsed === 'object' && parsed !== null && Object.values(parsed).some(hasOverflow);
}

/** Numbers that are too large become null, and the first of them is told. */
function overflowError(text: string): JsonDecodeError {
  let first = '';
  const reviver = (_key: string, value: unknown, context?: { source?: string }) => {
    if (typeof value !== 'number' || Number.isFinite(value)) return value;
    if (first === '') first = context?.source ?? String(value);
    return null;
  };
  const decoded = toValue(JSON.parse(text, reviver));
  return new JsonDecodeError(`json: cannot unmarshal number ${first} into Go value of type float64`, decoded);
}

function wrongType(parsed: unknown, goType: string): JsonDecodeError {
  const kind = isJsonObject(parsed) ? 'object' : jsonKind(parsed as Value);
  return new JsonDecodeError(`json: cannot unmarshal ${kind} into Go value of type ${goType}`);
}

/** Parsed JSON as values of templates. */
export function toValue(parsed: unknown): Value {
  if (parsed === null || typeof parsed === 'boolean') return parsed;
  if (typeof parsed === 'string') return parsed.isWellFormed() ? parsed : parsed.toWellFormed();
  if (typeof parsed === 'number') {
    return parsed;
  }
  if (Array.isArray(parsed)) return parsed.map(toValue);
  const entries = Object.entries(parsed as Record<string, unknown>);
  return new Map(entries.map(([key, item]) => [key.toWellFormed(), toValue(item)]));
}
