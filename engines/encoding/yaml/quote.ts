import { isBreak, SPACE } from './chars.ts';
import { isPrintable } from './style.ts';

const BEST_WIDTH = 80;

/** Lines longer than this are folded at single spaces. `column` is where the text starts, `indent` where lines go on. */
export interface Fold {
  column: number;
  indent: number;
  /** False for keys. */
  allowed: boolean;
}

/** A text without quotes. It holds no line breaks. */
export function writePlain(text: string, fold: Fold): string {
  if (!fold.allowed || fold.column + text.length <= BEST_WIDTH) return text;
  return foldSpaces(text, fold, () => true);
}

/** A text in single quotes, with line breaks doubled as YAML asks. */
export function writeSingleQuoted(text: string, fold: Fold): string {
  const inner = { ...fold, column: fold.column + 1 };
  if (!/[\n\x85\u2028\u2029\r]/.test(text)) {
    const body = text.replaceAll("'", "''");
    if (!fold.allowed || inner.column + body.length <= BEST_WIDTH) return `'${body}'`;
    return `'${foldSpaces(body, inner, (at) => at > 0 && at < body.length - 1)}'`;
  }
  return `'${writeBrokenLines(text, fold.indent)}'`;
}

function writeBrokenLines(text: string, indent: number): string {
  let out = '';
  let broken = false;
  for (const char of text) {
    if (isBreak(char.charCodeAt(0))) {
      if (!broken && char === '\n') out += '\n';
      out += char;
      broken = true;
      continue;
    }
    if (broken) out += ' '.repeat(indent);
    out += char === "'" ? "''" : char;
    broken = false;
  }
  return out;
}

function foldSpaces(text: string, fold: Fold, mayFold: (at: number) => boolean): string {
  let out = '';
  let column = fold.column;
  let spaces = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === SPACE) {
      if (!spaces && column > BEST_WIDTH && mayFold(i) && text.charCodeAt(i + 1) !== SPACE) {
        out += `\n${' '.repeat(fold.indent)}`;
        column = fold.indent;
      } else {
        out += ' ';
        column++;
      }
      spaces = true;
    } else {
      out += text.charAt(i);
      if (!isLowSurrogate(code)) column++;
      spaces = false;
    }
  }
  return out;
}

const shortEscapes = new Map<number, string>([
  [0, '0'],
  [7, 'a'],
  [8, 'b'],
  [9, 't'],
  [10, 'n'],
  [11, 'v'],
  [12, 'f'],
  [13, 'r'],
  [27, 'e'],
  [34, '"'],
  [92, '\\'],
  [0x85, 'N'],
  [0xa0, '_'],
  [0x2028, 'L'],
  [0x2029, 'P'],
]);

/** A text in double quotes; what cannot be printed is escaped. */
export function writeDoubleQuoted(text: string, fold: Fold): string {
  let out = '"';
  let column = fold.column + 1;
  let spaces = false;
  // go-yaml looks for the mark at the start only, wherever it is: such a text is escaped as a whole.
  const escapeAll = text.charCodeAt(0) === 0xfeff;
  for (let i = 0; i < text.length; i++) {
    const code = text.codePointAt(i) ?? 0;
    const length = code > 0xffff ? 2 : 1;
    let piece = text.slice(i, i + length);
    if (escapeAll || !isPrintable(code) || code === 0x22 || code === 0x5c || isBreak(code)) {
      piece = `\\${escapeOf(code)}`;
      spaces = false;
    } else if (code === SPACE) {
      if (fold.allowed && !spaces && column > BEST_WIDTH && i > 0 && i < text.length - 1) {
        piece = `\n${' '.repeat(fold.indent)}${text.charCodeAt(i + 1) === SPACE ? '\\' : ''}`;
        column = fold.indent - piece.length + (text.charCodeAt(i + 1) === SPACE ? 1 : 0);
      }
      spaces = true;
    } else {
      spaces = false;
    }
    out += piece;
    column += piece.length;
    if (length === 2) {
      i++;
      if (piece.length === 2) column--;
    }
  }
  return `${out}"`;
}

function escapeOf(code: number): string {
  const short = shortEscapes.get(code);
  if (short !== undefined) return short;
  const hex = code.toString(16).toUpperCase();
  if (code <= 0xff) return `x${hex.padStart(2, '0')}`;
  return code <= 0xffff ? `u${hex.padStart(4, '0')}` : `U${hex.padStart(8, '0')}`;
}

/** A text as a literal block: `|`, hints, and its lines. No line break after the last line. */
export function writeLiteral(text: string, indent: number): string {
  const first = text.charCodeAt(0);
  const hint = first === SPACE || isBreak(first) ? '2' : '';
  const last = text.charCodeAt(text.length - 1);
  const chomp = !isBreak(last) ? '-' : text.length === 1 || isBreak(text.charCodeAt(text.length - 2)) ? '+' : '';
  let out = `|${hint}${chomp}\n`;
  let broken = true;
  for (const line of text.split(/(?<=[\n\r\x85\u2028\u2029])/)) {
    const isEmpty = isBreak(line.charCodeAt(0));
    out += broken && !isEmpty ? ' '.repeat(indent) + line : line;
    broken = isBreak(line.charCodeAt(line.length - 1));
  }
  return out;
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}
