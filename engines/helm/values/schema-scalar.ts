import { type Json, type JsonObject, jsonEqual } from '@croft/foundation/json';
import { re2 } from '../load-late.ts';
import { findFormatProblem } from './formats.ts';
import type { SchemaDocument } from './schema-document.ts';
import { quoteSingle, showNumber } from './schema-error.ts';

const typeOrder = ['null', 'boolean', 'number', 'integer', 'string', 'array', 'object'];

function typeOf(value: Json): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** What is wrong with the value by `type`, `const` and `enum`. */
export function findTypeProblem({ draft }: SchemaDocument, schema: JsonObject, value: Json): string | undefined {
  const { type, enum: choices } = schema;
  const types = typeof type === 'string' ? [type] : Array.isArray(type) ? type.map(String) : [];
  const got = typeOf(value);
  const isInteger = typeof value === 'number' && Number.isInteger(value) && types.includes('integer');
  if (types.length > 0 && !types.includes(got) && !isInteger) {
    const want = typeOrder.filter((name) => types.includes(name));
    return `got ${got}, want ${want.join(' or ')}`;
  }
  if (draft >= 6 && Object.hasOwn(schema, 'const') && !jsonEqual(schema.const, value)) {
    const shown = show(schema.const ?? null);
    return shown === undefined ? "'const' failed" : `value must be ${shown}`;
  }
  if (Array.isArray(choices) && !choices.some((choice) => jsonEqual(choice, value))) {
    const shown = choices.map(show);
    if (shown.includes(undefined)) return "'enum' failed";
    return shown.length === 1 ? `value must be ${shown[0]}` : `value must be one of ${shown.join(', ')}`;
  }
  return undefined;
}

/** Formats are checked by old drafts only. */
export function formatProblem(document: SchemaDocument, { format }: JsonObject, value: Json): string | undefined {
  const { draft, checksFormats = draft < 2019 } = document;
  if (!checksFormats || typeof format !== 'string' || typeof value !== 'string') return undefined;
  const problem = findFormatProblem(format, value);
  return problem === undefined ? undefined : `${quoteSingle(value)} is not valid ${format}: ${problem}`;
}

function show(value: Json): string | undefined {
  if (typeof value === 'object' && value !== null) return undefined;
  if (value === null) return '<nil>';
  return typeof value === 'string' ? quoteSingle(value) : String(value);
}

/** Takes what is wrong. */
export type Fail = (text: string) => unknown;

/** The number that a keyword gives. */
export function limit(schema: JsonObject, key: string): number | undefined {
  const value = schema[key];
  return typeof value === 'number' ? value : undefined;
}

/** Checks a count or a number against the keywords of its bounds. */
export function checkBounds(schema: JsonObject, low: string, high: string, got: number, fail: Fail): void {
  const least = limit(schema, low);
  const most = limit(schema, high);
  if (least !== undefined && got < least) fail(`${low}: got ${showNumber(got)}, want ${showNumber(least)}`);
  if (most !== undefined && got > most) fail(`${high}: got ${showNumber(got)}, want ${showNumber(most)}`);
}

export function checkText(schema: JsonObject, value: string, fail: Fail): void {
  checkBounds(schema, 'minLength', 'maxLength', Array.from(value).length, fail);
  const { pattern } = schema;
  if (typeof pattern === 'string' && !matches(pattern, value)) {
    fail(`${quoteSingle(value)} does not match pattern ${quoteSingle(pattern)}`);
  }
}

export function matches(pattern: string, text: string): boolean {
  return re2().compile(pattern).matcher(text).find();
}

/** In draft 4 `exclusiveMinimum` and `exclusiveMaximum` are flags, which say how the other bound is meant. */
export function checkNumber(schema: JsonObject, value: number, fail: Fail): void {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, ...rest } = schema;
  const bounds: JsonObject = { ...rest };
  if (minimum !== undefined && exclusiveMinimum !== true) bounds.minimum = minimum;
  if (maximum !== undefined && exclusiveMaximum !== true) bounds.maximum = maximum;
  checkBounds(bounds, 'minimum', 'maximum', value, fail);
  const above = limit(schema, exclusiveMinimum === true ? 'minimum' : 'exclusiveMinimum');
  const below = limit(schema, exclusiveMaximum === true ? 'maximum' : 'exclusiveMaximum');
  if (above !== undefined && value <= above) {
    fail(`exclusiveMinimum: got ${showNumber(value)}, want ${showNumber(above)}`);
  }
  if (below !== undefined && value >= below) {
    fail(`exclusiveMaximum: got ${showNumber(value)}, want ${showNumber(below)}`);
  }
  const step = limit(schema, 'multipleOf');
  if (step !== undefined && !Number.isInteger(value / step)) {
    fail(`multipleOf: got ${showNumber(value)}, want ${showNumber(step)}`);
  }
}
