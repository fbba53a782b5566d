import { quoteString } from '@croft/gotemplate/fmt/quote';
import { isBreak, type TomlScanner } from './scanner.ts';

/** Reads a string that begins here, with its quotes. `isValue` allows those of several lines. Throws TomlProblem. */
export function scanTomlText(scanner: TomlScanner, isValue: boolean): string {
  if (isValue && scanner.accept('"""')) return scanLong(scanner, '"');
  if (isValue && scanner.accept("'''")) return scanLong(scanner, "'");
  return scanner.next() === '"' ? scanShort(scanner) : scanRaw(scanner);
}

function scanRaw(scanner: TomlScanner): string {
  const start = scanner.at;
  for (;;) {
    const char = scanner.next();
    if (char === "'") return scanner.text.slice(start, scanner.at - 1);
    refuseEnd(scanner, char, "'");
  }
}

function scanShort(scanner: TomlScanner): string {
  const start = scanner.at;
  let escaped = false;
  for (;;) {
    const char = scanner.next();
    if (char === '"') {
      const text = scanner.text.slice(start, scanner.at - 1);
      return escaped ? takeEscapes(scanner, text) : text;
    }
    refuseEnd(scanner, char, '"');
    if (char !== '\\') continue;
    escaped = true;
    checkEscape(scanner, start);
  }
}

function refuseEnd(scanner: TomlScanner, char: string, quote: string): void {
  if (char === '') throw scanner.problem(`unexpected EOF; expected ${quoted(quote)}`);
  if (isBreak(char)) throw scanner.problemAbove('strings cannot contain newlines');
}

function quoted(quotes: string): string {
  return quotes.startsWith('"') ? `'${quotes}'` : `"${quotes}"`;
}

/** A string of several lines: up to two quotes more may stand before those that end it. */
function scanLong(scanner: TomlScanner, quote: string): string {
  const start = scanner.at;
  for (;;) {
    const char = scanner.next();
    if (char === '') throw scanner.problem(`unexpected EOF; expected ${quoted(quote.repeat(3))}`);
    if (char === '\\' && quote === '"') checkLongEscape(scanner, start);
    if (char !== quote) continue;
    let count = 1;
    while (scanner.accept(quote)) count++;
    if (count < 3) continue;
    if (count > 5) throw scanner.problem(`unexpected ${quoted(quote.repeat(6))}`);
    const text = scanner.text.slice(start, scanner.at - 3).replace(/^\r?\n/, '');
    return quote === '"' ? takeEscapes(scanner, joinLines(text)) : text;
  }
}

function checkLongEscape(scanner: TomlScanner, start: number): void {
  if (isBreak(scanner.peek())) scanner.next();
  else checkEscape(scanner, start);
}

/** Without the blanks and line breaks behind a backslash that ends its line. */
function joinLines(text: string): string {
  return text.replace(/\\\\|\\[ \t\r]*\n[ \t\r\n]*/g, (match) => (match === '\\\\' ? match : ''));
}

const digitWords: Readonly<Record<string, readonly [number, string]>> = {
  x: [2, 'two'],
  u: [4, 'four'],
  U: [8, 'eight'],
};

/** Takes what stands behind a backslash, in a string whose text begins at `start`. */
function checkEscape(scanner: TomlScanner, start: number): void {
  const char = scanner.next();
  if ('btnfr" \t\\'.includes(char) && char !== '') return;
  const isNew = char === 'e' || char === 'x';
  const [digits, word] = digitWords[char] ?? [0, ''];
  if ((isNew && scanner.version === '1.5') || (char !== 'e' && digits === 0)) {
    const isEnd = char === '' || isBreak(char);
    throw scanner.problem(isEnd ? "unexpected end of line after '\\'" : `invalid escape in string '\\${char}'`);
  }
  for (let i = 0; i < digits; i++) {
    if (/^[0-9A-Fa-f]$/.test(scanner.next())) continue;
    const current = scanner.text.slice(start, scanner.at);
    throw scanner.problem(
      `expected ${word} hexadecimal digits after '\\${char}', but got ${quoteString(current)} instead`,
    );
  }
}

const plain: Readonly<Record<string, string>> = {
  b: '\b',
  t: '\t',
  n: '\n',
  f: '\f',
  r: '\r',
  e: '\x1b',
  '"': '"',
  '\\': '\\',
};

function takeEscapes(scanner: TomlScanner, text: string): string {
  return text.replace(
    /\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))/gsu,
    (_, x?: string, u?: string, long?: string, char = '') => {
      const hex = x ?? u ?? long;
      if (hex === undefined) {
        const meant = plain[char];
        if (meant === undefined) throw scanner.problem(`invalid escape: '\\${char}'`);
        return meant;
      }
      const code = Number.parseInt(hex, 16);
      if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
        throw scanner.problem(`Escaped character '\\u${hex}' is not valid UTF-8.`);
      }
      return String.fromCodePoint(code);
    },
  );
}
