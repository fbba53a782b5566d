/** Quoting as strconv does: Quote, QuoteToASCII, QuoteRune, IsPrint. Escaped bytes (see bytes.ts) come out as \xNN. */

const simpleEscapes: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
};
/** Letters, marks, numbers, punctuation, symbols and the ASCII space (Go's definition). */
const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;
const plain = /^[ !#-[\]-~]*$/;

/** unicode.IsPrint of a code point. */
export function isPrint(code: number): boolean {
  if (code < 0x7f) return code >= 0x20;
  return printable.test(String.fromCodePoint(code));
}

/** strconv.Quote: a Go string literal in double quotes. */
export function quoteString(text: string, asciiOnly = false): string {
  if (plain.test(text)) return `"${text}"`;
  let out = '"';
  for (const char of text) out += escapeRune(char, '"', asciiOnly);
  return `${out}"`;
}

/** strconv.QuoteRune: a Go character literal. */
export function quoteRune(code: number, asciiOnly = false): string {
  const valid = code >= 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  return `'${escapeRune(String.fromCodePoint(valid ? code : 0xfffd), "'", asciiOnly)}'`;
}

/** A code point as `%#U` prints it: U+005B '['. */
export function runeName(point: number): string {
  const code = point >= 0xd800 && point <= 0xdfff ? 0xfffd : point;
  const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  return isPrint(code) ? `${name} '${String.fromCodePoint(code)}'` : name;
}

function escapeRune(char: string, quote: string, asciiOnly: boolean): string {
  const code = char.codePointAt(0) ?? 0;
  if (char === quote) return `\\${quote}`;
  const simple = simpleEscapes[char];
  if (simple !== undefined) return simple;
  if (code >= 0xdc80 && code <= 0xdcff) return `\\x${(code - 0xdc00).toString(16)}`;
  if (asciiOnly ? code >= 0x20 && code < 0x7f : isPrint(code)) return char;
  if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, '0')}`;
  if (code < 0x10000) return `\\u${code.toString(16).padStart(4, '0')}`;
  return `\\U${code.toString(16).padStart(8, '0')}`;
}
