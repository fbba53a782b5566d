import { decodeBytes, encodeString } from '../bytes.ts';

const escapeSequence = /\\(?:[abfnrtv\\'"]|[0-7]{3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})/y;
const simple: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

/** strconv.Unquote of a "string" or `raw string`; undefined when its syntax is invalid. */
export function unquoteString(literal: string): string | undefined {
  const body = literal.slice(1, -1);
  if (literal[0] === '`') return body.includes('\r') ? body.replaceAll('\r', '') : body;
  if (!body.includes('\\')) return body;
  let out = '';
  let hasBytes = false;
  for (let at = 0; at < body.length; ) {
    const next = body.indexOf('\\', at);
    if (next < 0) {
      out += body.slice(at);
      break;
    }
    const read = readEscape(body, next, '"');
    if (read === undefined) return undefined;
    hasBytes ||= read.isByte && read.code >= 0x80;
    out += body.slice(at, next);
    out += read.isByte && read.code >= 0x80 ? String.fromCharCode(0xdc00 + read.code) : String.fromCodePoint(read.code);
    at = read.end;
  }
  return hasBytes ? decodeBytes(encodeString(out)) : out;
}

/** The code point of a 'character' literal; undefined when its syntax is invalid, null when it holds more than one. */
export function unquoteCharacter(literal: string): number | undefined | null {
  const first = literal.codePointAt(1) ?? 0;
  if (first === 0x27) return undefined;
  if (first !== 0x5c) {
    const end = 1 + String.fromCodePoint(first).length;
    return literal.slice(end) === "'" ? first : null;
  }
  const read = readEscape(literal, 1, "'");
  if (read === undefined) return undefined;
  return literal.slice(read.end) === "'" ? read.code : null;
}

function readEscape(
  text: string,
  at: number,
  quote: string,
): { code: number; end: number; isByte: boolean } | undefined {
  escapeSequence.lastIndex = at;
  const sequence = escapeSequence.exec(text)?.[0];
  if (sequence === undefined) return undefined;
  const end = at + sequence.length;
  const kind = sequence[1] ?? '';
  const plain = simple[kind];
  if (plain !== undefined) {
    if ((kind === "'" || kind === '"') && kind !== quote) return undefined;
    return { code: plain.charCodeAt(0), end, isByte: false };
  }
  if (kind === 'x') return { code: Number.parseInt(sequence.slice(2), 16), end, isByte: true };
  if (kind === 'u' || kind === 'U') {
    const code = Number.parseInt(sequence.slice(2), 16);
    const valid = code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
    return valid ? { code, end, isByte: false } : undefined;
  }
  const code = Number.parseInt(sequence.slice(1), 8);
  return code > 255 ? undefined : { code, end, isByte: true };
}
