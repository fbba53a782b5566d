import { YamlError } from './error.ts';

/** A scalar's meaning: bigint for integers, number for floats. `type` is its tag without `!!`. */
export interface Resolved {
  type: 'str' | 'bool' | 'null' | 'int' | 'float' | 'timestamp' | 'binary' | 'other';
  value: null | boolean | bigint | number | string;
}

const words = new Map<string, Resolved>();
addWords({ type: 'bool', value: true }, 'y Y yes Yes YES true True TRUE on On ON');
addWords({ type: 'bool', value: false }, 'n N no No NO false False FALSE off Off OFF');
addWords({ type: 'null', value: null }, '~ null Null NULL');
words.set('', { type: 'null', value: null });
addWords({ type: 'float', value: Number.NaN }, '.nan .NaN .NAN');
addWords({ type: 'float', value: Number.POSITIVE_INFINITY }, '.inf .Inf .INF +.inf +.Inf +.INF');
addWords({ type: 'float', value: Number.NEGATIVE_INFINITY }, '-.inf -.Inf -.INF');

function addWords(resolved: Resolved, list: string): void {
  for (const word of list.split(' ')) words.set(word, resolved);
}

const longestWord = 5;
const decimalInteger = /^[-+]?(0|[1-9][0-9]*)$/;
const prefixedInteger = /^([-+]?)0(x[0-9a-f]+|o[0-7]+|b[01]+|[0-7]+)$/i;
const yamlFloat = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const dottedFloat = /^\.[0-9](_?[0-9])*([eE][-+]?[0-9]+)?$/;

/** What a plain scalar without tag means in YAML 1.1 as go-yaml v2 reads it. */
export function resolvePlain(text: string): Resolved {
  const word = text.length > longestWord ? undefined : words.get(text);
  if (word !== undefined) return word;
  const code = text.charCodeAt(0);
  if (code === 46) return dottedFloat.test(text) ? resolveFloat(text.replaceAll('_', ''), text) : string(text);
  const numeric = code === 43 || code === 45 || (code >= 48 && code <= 57);
  return numeric ? resolveNumber(text) : string(text);
}

function string(text: string): Resolved {
  return { type: 'str', value: text };
}

function resolveNumber(text: string): Resolved {
  if (isTimestamp(text)) return { type: 'timestamp', value: text };
  const plain = text.replaceAll('_', '');
  const integer = parseInteger(plain);
  if (integer !== undefined) return { type: 'int', value: integer };
  return yamlFloat.test(plain) ? resolveFloat(plain, text) : string(text);
}

function resolveFloat(digits: string, text: string): Resolved {
  const value = Number(digits);
  return Number.isFinite(value) ? { type: 'float', value } : string(text);
}

/** Integers in any base that fit int64 or uint64. */
export function parseInteger(plain: string): bigint | undefined {
  let value: bigint;
  if (decimalInteger.test(plain)) {
    value = BigInt(plain.startsWith('+') ? plain.slice(1) : plain);
  } else {
    const match = prefixedInteger.exec(plain);
    if (match === null) return undefined;
    const body = (match[2] ?? '').toLowerCase();
    const magnitude = BigInt(/^[xob]/.test(body) ? `0${body}` : `0o${body}`);
    value = match[1] === '-' ? -magnitude : magnitude;
  }
  if (value < -(2n ** 63n)) return undefined;
  const unsigned = plain.startsWith('+') ? 2n ** 63n : 2n ** 64n;
  return value < unsigned ? value : undefined;
}

const timestamp =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:([Tt ])(\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?(Z|[-+]\d{2}:\d{2})?)?$/;

/** Whether the text is a date or time that go-yaml would keep as text without quotes. */
export function isTimestamp(text: string): boolean {
  const match = timestamp.exec(text);
  if (match === null) return false;
  const [, year, month, day, separator, hour, minute, second, zone] = match;
  if (separator !== undefined && (separator === ' ') !== (zone === undefined)) return false;
  const last = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  if (Number(month) < 1 || Number(month) > 12 || Number(day) < 1 || Number(day) > last) return false;
  return Number(hour ?? 0) < 24 && Number(minute ?? 0) < 60 && Number(second ?? 0) < 60;
}

const prefix = 'tag:yaml.org,2002:';

/** What a scalar with an explicit tag means. Throws YamlError when its text does not fit the tag. */
export function resolveTagged(tag: string, text: string): Resolved {
  const type = tag.startsWith(prefix) ? tag.slice(prefix.length) : tag;
  if (type === 'str') return string(text);
  if (type === 'binary') return { type: 'binary', value: decodeBinary(text) };
  if (!['bool', 'int', 'float', 'null', 'timestamp'].includes(type)) return { type: 'other', value: text };
  const resolved = resolvePlain(text);
  if (resolved.type === type) return resolved;
  if (type === 'float' && resolved.type === 'int') return { type: 'float', value: Number(resolved.value) };
  throw new YamlError(`cannot decode !!${resolved.type} \`${text}\` as a !!${type}`);
}

function decodeBinary(text: string): string {
  const clean = text.replace(/[\r\n]/g, '');
  if (clean.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(clean)) {
    throw new YamlError('!!binary value contains invalid base64 data');
  }
  return Buffer.from(clean, 'base64').toString('utf8');
}
