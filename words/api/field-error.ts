import { quoteGo } from './go-quote.ts';
import { type StatusCause, StatusError } from './status.ts';

/** Why a field is refused; the values are the `reason` of a StatusCause (k8s.io/apimachinery field.ErrorType). */
export type FieldErrorType =
  | 'FieldValueNotFound'
  | 'FieldValueRequired'
  | 'FieldValueDuplicate'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'InternalError'
  | 'FieldValueTypeInvalid';

/** A refused value of a field. `field` is a path such as `spec.ports[0].name`, or `<nil>` for the whole object. */
export interface FieldError {
  readonly type: FieldErrorType;
  readonly field: string;
  /** The refused value. `omitted` prints none. A map, list or pointer that Go has as nil is given as `null`. */
  readonly badValue: unknown;
  readonly detail: string;
}

/** A bad value that is not shown. */
export const omitted: unique symbol = Symbol('omitted');

const titles: Readonly<Record<FieldErrorType, string>> = {
  FieldValueNotFound: 'Not found',
  FieldValueRequired: 'Required value',
  FieldValueDuplicate: 'Duplicate value',
  FieldValueInvalid: 'Invalid value',
  FieldValueNotSupported: 'Unsupported value',
  FieldValueForbidden: 'Forbidden',
  FieldValueTooLong: 'Too long',
  FieldValueTooMany: 'Too many',
  InternalError: 'Internal error',
  FieldValueTypeInvalid: 'Invalid value',
};

export function invalidField(field: string, badValue: unknown, detail: string): FieldError {
  return { type: 'FieldValueInvalid', field, badValue, detail };
}

export function invalidType(field: string, badValue: unknown, detail: string): FieldError {
  return { type: 'FieldValueTypeInvalid', field, badValue, detail };
}

export function requiredField(field: string, detail = ''): FieldError {
  return { type: 'FieldValueRequired', field, badValue: '', detail };
}

export function forbiddenField(field: string, detail: string): FieldError {
  return { type: 'FieldValueForbidden', field, badValue: '', detail };
}

export function duplicateField(field: string, badValue: unknown): FieldError {
  return { type: 'FieldValueDuplicate', field, badValue, detail: '' };
}

export function fieldNotFound(field: string, badValue: unknown): FieldError {
  return { type: 'FieldValueNotFound', field, badValue, detail: '' };
}

/** `supported` is listed in the order given; texts are quoted, other values are not. */
export function unsupportedField(field: string, badValue: unknown, supported: readonly unknown[]): FieldError {
  const listed = supported.map((value) => (typeof value === 'string' ? quoteGo(value) : formatBadValue(value)));
  const detail = supported.length === 0 ? '' : `supported values: ${listed.join(', ')}`;
  return { type: 'FieldValueNotSupported', field, badValue, detail };
}

/** `max` counts bytes; less than 0 leaves it out. */
export function fieldTooLong(field: string, max: number): FieldError {
  const unit = max === 1 ? 'byte' : 'bytes';
  const detail = max < 0 ? 'value is too long' : `may not be more than ${max} ${unit}`;
  return { type: 'FieldValueTooLong', field, badValue: '', detail };
}

export function tooManyInField(field: string, actual: number, max: number): FieldError {
  const unit = max === 1 ? 'item' : 'items';
  const detail = max < 0 ? 'has too many items' : `must have at most ${max} ${unit}`;
  return { type: 'FieldValueTooMany', field, badValue: actual, detail };
}

export function internalFieldError(field: string, detail: string): FieldError {
  return { type: 'InternalError', field, badValue: '', detail };
}

/** What is wrong, without the field: `Invalid value: "x": must be short`. */
export function formatFieldErrorBody(error: FieldError): string {
  const title = titles[error.type];
  const head = showsValue(error) ? `${title}: ${formatBadValue(error.badValue)}` : title;
  return error.detail === '' ? head : `${head}: ${error.detail}`;
}

/** `spec.x: Invalid value: "x": must be short`. */
export function formatFieldError(error: FieldError): string {
  return `${error.field}: ${formatFieldErrorBody(error)}`;
}

/** All errors in one line, each text once: alone as it is, several as `[first, second]`. */
export function formatFieldErrors(errors: readonly FieldError[]): string {
  const texts = [...new Set(errors.map(formatFieldError))];
  return texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`;
}

export function toStatusCause(error: FieldError): StatusCause {
  return { reason: error.type, message: formatFieldErrorBody(error), field: error.field };
}

/** The 422 for an object that broke rules: `Deployment.apps "web" is invalid: ...`, with a cause for each error. */
export function invalidObject(
  kind: { readonly group: string; readonly kind: string },
  name: string,
  errors: readonly FieldError[],
): StatusError {
  const qualified = kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`;
  return new StatusError(422, 'Invalid', `${qualified} ${quoteGo(name)} is invalid: ${formatFieldErrors(errors)}`, {
    ...(name === '' ? {} : { name }),
    ...(kind.group === '' ? {} : { group: kind.group }),
    ...(kind.kind === '' ? {} : { kind: kind.kind }),
    ...(errors.length === 0 ? {} : { causes: errors.map(toStatusCause) }),
  });
}

function showsValue({ type, badValue }: FieldError): boolean {
  if (badValue === omitted) return false;
  return (
    type !== 'FieldValueRequired' &&
    type !== 'FieldValueForbidden' &&
    type !== 'FieldValueTooLong' &&
    type !== 'InternalError'
  );
}

function formatBadValue(value: unknown): string {
  if (typeof value === 'string') return quoteGo(value);
  if (value === undefined) return '"null"';
  if (typeof value === 'number') return formatNumber(value);
  return escapeHtml(JSON.stringify(value));
}

/** Numbers as Go's `%v` prints an int64, or a float64 that is no integer. */
function formatNumber(value: number): string {
  if (Number.isInteger(value)) return String(BigInt(value));
  return String(value).replace(/e([+-])(\d)$/, 'e$10$2');
}

/** Go's encoding/json writes these characters as escapes. */
function escapeHtml(json: string): string {
  return json.replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
