import { isBlank, isBlankOrEnd, isBreak, SPACE, TAB } from './chars.ts';
import { scannerError } from './error.ts';
import type { YamlScanner } from './scanner.ts';
import { T, type Token, token } from './tokens.ts';

/** Scans scalars in single or double quotes (YAML 1.1, 9.1). */
export function scanFlowScalar(scanner: YamlScanner, single: boolean): Token {
  const start = scanner.line;
  const quote = single ? 39 : 34;
  scanner.position++;
  let text = '';
  for (;;) {
    if (scanner.atDocumentIndicator()) throw scannerError(scanner.line, 'found unexpected document indicator');
    if (scanner.position >= scanner.text.length) throw scannerError(scanner.line, 'found unexpected end of stream');
    let escapedBreak = false;
    let from = scanner.position;
    for (let code = scanner.code(); !isBlankOrEnd(code); code = scanner.code()) {
      if (code === quote) {
        if (!single || scanner.code(1) !== 39) break;
        text += scanner.text.slice(from, scanner.position + 1);
        scanner.position += 2;
        from = scanner.position;
      } else if (!single && code === 92) {
        text += scanner.text.slice(from, scanner.position);
        if (isBreak(scanner.code(1))) {
          scanner.position++;
          scanner.takeBreak();
          from = scanner.position;
          escapedBreak = true;
          break;
        }
        text += scanEscape(scanner);
        from = scanner.position;
      } else {
        scanner.position++;
      }
    }
    text += scanner.text.slice(from, scanner.position);
    if (scanner.code() === quote) break;
    text += scanBlanks(scanner, escapedBreak).text;
  }
  scanner.position++;
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

function scanEscape(scanner: YamlScanner): string {
  const letter = scanner.text.charAt(scanner.position + 1);
  const simple = simpleEscapes[letter];
  if (simple !== undefined) {
    scanner.position += 2;
    return simple;
  }
  const length = escapeLengths[letter];
  if (length === undefined) throw scannerError(scanner.line, 'found unknown escape character');
  const digits = scanner.text.slice(scanner.position + 2, scanner.position + 2 + length);
  if (digits.length < length || /[^0-9a-fA-F]/.test(digits)) {
    throw scannerError(scanner.line, 'did not find expected hexdecimal number');
  }
  const value = Number.parseInt(digits, 16);
  if ((value >= 0xd800 && value <= 0xdfff) || value > 0x10ffff) {
    throw scannerError(scanner.line, 'found invalid Unicode character escape code');
  }
  scanner.position += 2 + length;
  return String.fromCodePoint(value);
}

/** Takes blanks and breaks, and gives what they fold to; `lines` tells that there was a break. */
function scanBlanks(scanner: YamlScanner, afterBreak: boolean): { text: string; lines: boolean } {
  let lines = afterBreak;
  let leading = '';
  let trailing = '';
  const from = scanner.position;
  let blanks = '';
  for (let code = scanner.code(); ; code = scanner.code()) {
    if (isBlank(code)) {
      scanner.position++;
      if (!lines) blanks = scanner.text.slice(from, scanner.position);
    } else if (isBreak(code)) {
      if (lines) trailing += scanner.takeBreak();
      else leading = scanner.takeBreak();
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
export function scanPlainScalar(scanner: YamlScanner): Token {
  const start = scanner.line;
  const indent = scanner.indent + 1;
  let text = '';
  let pending = '';
  let lines = false;
  for (;;) {
    if (scanner.atDocumentIndicator() || scanner.code() === 35) break;
    const from = scanner.position;
    const end = endOfPlainRun(scanner);
    if (end > from) {
      text += pending + scanner.text.slice(from, end);
      scanner.position = end;
      pending = '';
      lines = false;
    }
    const code = scanner.code();
    if (!(isBlank(code) || isBreak(code))) break;
    const folded = foldPlainBlanks(scanner, indent);
    pending = folded.text;
    lines = folded.lines;
    if (scanner.flowLevel === 0 && scanner.column < indent) break;
  }
  if (lines) scanner.simpleKeyAllowed = true;
  return token(T.scalar, start, text, '', true);
}

function endOfPlainRun(scanner: YamlScanner): number {
  const { text } = scanner;
  let at = scanner.position;
  for (let code = text.charCodeAt(at); !isBlankOrEnd(code); code = text.charCodeAt(++at)) {
    if (code === 58 && isBlankOrEnd(text.charCodeAt(at + 1))) break;
    if (scanner.flowLevel > 0 && isFlowIndicator(code)) break;
  }
  return at;
}

function isFlowIndicator(code: number): boolean {
  return code === 44 || code === 63 || code === 91 || code === 93 || code === 123 || code === 125;
}

function foldPlainBlanks(scanner: YamlScanner, indent: number): { text: string; lines: boolean } {
  let at = scanner.position;
  const { text } = scanner;
  while (text.charCodeAt(at) === SPACE) at++;
  if (!isBlank(text.charCodeAt(at)) && !isBreak(text.charCodeAt(at))) {
    const blanks = text.slice(scanner.position, at);
    scanner.position = at;
    return { text: blanks, lines: false };
  }
  return foldLines(scanner, indent);
}

function foldLines(scanner: YamlScanner, indent: number): { text: string; lines: boolean } {
  let lines = false;
  let leading = '';
  let trailing = '';
  let blanks = '';
  for (let code = scanner.code(); isBlank(code) || isBreak(code); code = scanner.code()) {
    if (isBlank(code)) {
      if (lines && code === TAB && scanner.column < indent) {
        throw scannerError(scanner.line, 'found a tab character that violates indentation');
      }
      if (!lines) blanks += String.fromCharCode(code);
      scanner.position++;
    } else {
      if (lines) trailing += scanner.takeBreak();
      else leading = scanner.takeBreak();
      lines = true;
    }
  }
  if (!lines) return { text: blanks, lines };
  if (leading === '\n') return { text: trailing === '' ? ' ' : trailing, lines };
  return { text: leading + trailing, lines };
}
