import { isBlank, isBlankOrEnd, isBreak, SPACE, TAB } from './chars.ts';
import type { YamlCursor } from './cursor.ts';
import { scannerError } from './error.ts';
import { T, type Token, token } from './tokens.ts';

/** Scans scalars in single or double quotes (YAML 1.1, 9.1). */
export function scanFlowScalar(cursor: YamlCursor, single: boolean): Token {
  const start = cursor.line;
  const quote = single ? 39 : 34;
  cursor.position++;
  let text = '';
  for (;;) {
    if (cursor.atDocumentIndicator()) throw scannerError(cursor.line, 'found unexpected document indicator', start);
    if (cursor.position >= cursor.text.length) throw scannerError(cursor.line, 'found unexpected end of stream', start);
    let escapedBreak = false;
    let from = cursor.position;
    for (let code = cursor.code(); !isBlankOrEnd(code); code = cursor.code()) {
      if (code === quote) {
        if (!single || cursor.code(1) !== 39) break;
        text += cursor.text.slice(from, cursor.position + 1);
        cursor.position += 2;
        from = cursor.position;
      } else if (!single && code === 92) {
        text += cursor.text.slice(from, cursor.position);
        if (isBreak(cursor.code(1))) {
          cursor.position++;
          cursor.takeBreak();
          from = cursor.position;
          escapedBreak = true;
          break;
        }
        text += scanEscape(cursor, start);
        from = cursor.position;
      } else {
        cursor.position++;
      }
    }
    text += cursor.text.slice(from, cursor.position);
    if (cursor.code() === quote) break;
    text += scanBlanks(cursor, escapedBreak).text;
  }
  cursor.position++;
  return token(T.scalar, start, text);
}

const simpleEscapes: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  '\t': '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  ' ': ' ',
  '"': '"',
  "'": "'",
  '\\': '\\',
  N: '\x85',
  _: '\xa0',
  L: '\u2028',
  P: '\u2029',
};

const escapeLengths: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

function scanEscape(cursor: YamlCursor, start: number): string {
  const letter = cursor.text.charAt(cursor.position + 1);
  const simple = simpleEscapes[letter];
  if (simple !== undefined) {
    cursor.position += 2;
    return simple;
  }
  const length = escapeLengths[letter];
  if (length === undefined) throw scannerError(cursor.line, 'found unknown escape character', start);
  const digits = cursor.text.slice(cursor.position + 2, cursor.position + 2 + length);
  if (digits.length < length || /[^0-9a-fA-F]/.test(digits)) {
    throw scannerError(cursor.line, 'did not find expected hexdecimal number', start);
  }
  const value = Number.parseInt(digits, 16);
  if ((value >= 0xd800 && value <= 0xdfff) || value > 0x10ffff) {
    throw scannerError(cursor.line, 'found invalid Unicode character escape code', start);
  }
  cursor.position += 2 + length;
  return String.fromCodePoint(value);
}

/** Takes blanks and breaks, and gives what they fold to; `lines` tells that there was a break. */
function scanBlanks(cursor: YamlCursor, afterBreak: boolean): { text: string; lines: boolean } {
  let lines = afterBreak;
  let leading = '';
  let trailing = '';
  const from = cursor.position;
  let blanks = '';
  for (let code = cursor.code(); ; code = cursor.code()) {
    if (isBlank(code)) {
      cursor.position++;
      if (!lines) blanks = cursor.text.slice(from, cursor.position);
    } else if (isBreak(code)) {
      if (lines) trailing += cursor.takeBreak();
      else leading = cursor.takeBreak();
      lines = true;
    } else {
      break;
    }
  }
  if (!lines) return { text: blanks, lines };
  if (leading === '\n') return { text: trailing === '' ? ' ' : trailing, lines };
  return { text: leading + trailing, lines };
}

/** Scans scalars without quotes (YAML 1.1, 9.1.3). */
export function scanPlainScalar(cursor: YamlCursor): Token {
  const start = cursor.line;
  const indent = cursor.indent + 1;
  let text = '';
  let pending = '';
  let lines = false;
  for (;;) {
    if (cursor.atDocumentIndicator() || cursor.code() === 35) break;
    const from = cursor.position;
    const end = endOfPlainRun(cursor);
    if (end > from) {
      text += pending + cursor.text.slice(from, end);
      cursor.position = end;
      pending = '';
      lines = false;
    }
    const code = cursor.code();
    if (!(isBlank(code) || isBreak(code))) break;
    const folded = foldPlainBlanks(cursor, indent, start);
    pending = folded.text;
    lines = folded.lines;
    if (cursor.flowLevel === 0 && cursor.column < indent) break;
  }
  if (lines) cursor.simpleKeyAllowed = true;
  return token(T.scalar, start, text, '', true);
}

function endOfPlainRun(cursor: YamlCursor): number {
  const { text } = cursor;
  let at = cursor.position;
  for (let code = text.charCodeAt(at); !isBlankOrEnd(code); code = text.charCodeAt(++at)) {
    if (code === 58 && isBlankOrEnd(text.charCodeAt(at + 1))) break;
    if (cursor.flowLevel > 0 && isFlowIndicator(code)) break;
  }
  return at;
}

function isFlowIndicator(code: number): boolean {
  return code === 44 || code === 63 || code === 91 || code === 93 || code === 123 || code === 125;
}

function foldPlainBlanks(cursor: YamlCursor, indent: number, start: number): { text: string; lines: boolean } {
  let at = cursor.position;
  const { text } = cursor;
  while (text.charCodeAt(at) === SPACE) at++;
  if (!isBlank(text.charCodeAt(at)) && !isBreak(text.charCodeAt(at))) {
    const blanks = text.slice(cursor.position, at);
    cursor.position = at;
    return { text: blanks, lines: false };
  }
  return foldLines(cursor, indent, start);
}

function foldLines(cursor: YamlCursor, indent: number, start: number): { text: string; lines: boolean } {
  let lines = false;
  let leading = '';
  let trailing = '';
  let blanks = '';
  for (let code = cursor.code(); isBlank(code) || isBreak(code); code = cursor.code()) {
    if (isBlank(code)) {
      if (lines && code === TAB && cursor.column < indent) {
        throw scannerError(cursor.line, 'found a tab character that violates indentation', start);
      }
      if (!lines) blanks += String.fromCharCode(code);
      cursor.position++;
    } else {
      if (lines) trailing += cursor.takeBreak();
      else leading = cursor.takeBreak();
      lines = true;
    }
  }
  if (!lines) return { text: blanks, lines };
  if (leading === '\n') return { text: trailing === '' ? ' ' : trailing, lines };
  return { text: leading + trailing, lines };
}
