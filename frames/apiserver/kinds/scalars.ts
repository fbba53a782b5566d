import { canonicalQuantity, formatQuantity, parseQuantity, quantityFormatError } from '@croft/api/quantity';
import type { ScalarType } from '@croft/api/type-spec';
import { formatMicroTime, formatTime } from '@croft/foundation/clock';

/** A value that the field's type cannot hold; the message says why, as Go's decoder does. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
}

/** A value of another type than the field's. */
class WrongTypeError extends DecodeError {
  readonly #problem: string;
  readonly #type: string;
  readonly #fields: string[] = [];
  #struct = '';

  constructor(given: string, path: string, type: string) {
    const problem = `json: cannot unmarshal ${given}`;
    super(`${problem} into Go struct field ${path} of type ${type}`);
    this.#problem = problem;
    this.#type = type;
  }

  /** Goes up to the struct around: Go names the innermost one and all fields down from the outermost. */
  placeIn(struct: string, field: string): void {
    this.#struct ||= struct;
    this.#fields.unshift(field);
    const place = [this.#struct, ...this.#fields].join('.');
    this.message = `${this.#problem} into Go struct field ${place} of type ${this.#type}`;
  }
}

/** Reads a field; of a value of the wrong type the error tells the place as Go does. */
export function decodeField<T>(struct: string, field: string, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (error instanceof WrongTypeError) error.placeIn(struct, field);
    throw error;
  }
}

export type DecodeScalar = (value: unknown, path: string) => unknown;

/** How each scalar is read into its canonical form; null never comes here. */
export const scalarDecoders: Readonly<Record<ScalarType, DecodeScalar>> = {
  string: (value, path) => (typeof value === 'string' ? value : mismatch(value, path, 'string')),
  boolean: (value, path) => (typeof value === 'boolean' ? value : mismatch(value, path, 'bool')),
  int32: (value, path) => decodeInteger(value, path, 'int32', 2 ** 31),
  int64: (value, path) => decodeInteger(value, path, 'int64', 2 ** 63),
  double: (value, path) => (typeof value === 'number' ? value : mismatch(value, path, 'float64')),
  bytes: decodeBytes,
  time: (value, path) => decodeTime(value, path, formatTime),
  microTime: (value, path) => decodeTime(value, path, formatMicroTime),
  quantity: decodeQuantity,
  intOrString: (value, path) =>
    typeof value === 'number' ? decodeInteger(value, path, 'int32', 2 ** 31) : scalarDecoders.string(value, path),
  any: (value) => value,
};

/** What Go writes for a value that was never set. */
export const scalarZeros: Readonly<Record<ScalarType, unknown>> = {
  string: '',
  boolean: false,
  int32: 0,
  int64: 0,
  double: 0,
  bytes: null,
  time: null,
  microTime: null,
  quantity: '0',
  intOrString: 0,
  any: null,
};

function decodeInteger(value: unknown, path: string, type: string, limit: number): number {
  if (typeof value !== 'number') return mismatch(value, path, type);
  if (!Number.isInteger(value) || value >= limit || value < -limit) {
    throw new WrongTypeError(`number ${value}`, path, type);
  }
  return value;
}

function decodeBytes(value: unknown, path: string): string {
  if (typeof value !== 'string') return mismatch(value, path, '[]uint8');
  if (/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value)) return value;
  const cleaned = value.replace(/[\r\n]/g, '');
  if (cleaned !== value) return decodeBytes(cleaned, path);
  const bad = /[^A-Za-z0-9+/]/.exec(value)?.index ?? value.length;
  throw new DecodeError(`illegal base64 data at input byte ${bad}`);
}

const microTimePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(Z|[+-]\d\d:\d\d)$/;
const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

function decodeTime(value: unknown, path: string, format: (ms: number) => string): string {
  if (typeof value !== 'string') return mismatch(value, path, 'string');
  const pattern = format === formatMicroTime ? microTimePattern : timePattern;
  const ms = pattern.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(ms)) {
    throw new DecodeError(`parsing time ${JSON.stringify(value)} as "2006-01-02T15:04:05Z07:00": cannot parse it`);
  }
  const micros = /\.(\d{3})(\d{1,3})/.exec(value)?.[2];
  const text = format(ms);
  return format === formatMicroTime && micros !== undefined ? text.replace(/000Z$/, `${micros.padEnd(3, '0')}Z`) : text;
}

function decodeQuantity(value: unknown, path: string): string {
  if (typeof value !== 'string' && typeof value !== 'number') return mismatch(value, path, 'string');
  const canonical = canonicalQuantity(String(value).trim());
  if (canonical === undefined) throw new DecodeError(quantityFormatError);
  return canonical;
}

const milli = 1_000_000n;

/** An amount of a resource: thousandths are the finest there are, and less is rounded up (SetDefaults_ResourceList). */
export function decodeAmount(value: unknown, path: string): string {
  const amount = decodeQuantity(value, path);
  const { nano, format } = parseQuantity(amount);
  const rest = nano % milli;
  if (rest === 0n) return amount;
  return formatQuantity({ nano: nano - rest + (rest > 0n ? milli : 0n), format });
}

export function mismatch(value: unknown, path: string, type: string): never {
  const given = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  throw new WrongTypeError(given, path, type);
}
