import { quoteString, runeName } from '../fmt/quote.ts';
import { emit, fail, isSpace, type Lexer, rightDelimEnd, skipSpaces } from './lexer-state.ts';
import { scanNumber } from './scan-number.ts';
import { keywords, type TokenType } from './token.ts';

const word = /[\p{L}\p{Nd}_]+/uy;

/** The tokens inside an action, up to and with its right delimiter; false after an error. */
export function lexAction(lexer: Lexer): boolean {
  let depth = 0;
  for (;;) {
    const start = lexer.at;
    const end = rightDelimEnd(lexer, start);
    if (end !== undefined) {
      if (depth > 0) return fail(lexer, start, 'unclosed left paren');
      emit(lexer, 'rightDelim', start, end);
      return true;
    }
    const char = lexer.text[start];
    if (char === undefined) return fail(lexer, start, 'unclosed action');
    if (char === '(') depth++;
    if (char === ')' && --depth < 0) return fail(lexer, start, 'unexpected right paren');
    if (!lexInside(lexer, start, char)) return false;
  }
}

const singles: Readonly<Record<string, TokenType>> = {
  '=': 'assign',
  '|': 'pipe',
  '(': 'leftParen',
  ')': 'rightParen',
};

/** One token inside an action; false after an error. */
function lexInside(lexer: Lexer, start: number, char: string): boolean {
  const single = singles[char];
  if (single !== undefined) return emit(lexer, single, start, start + 1);
  if (isSpace(char)) return lexSpace(lexer, start);
  if (char === ':') {
    if (lexer.text[start + 1] !== '=') return fail(lexer, start, 'expected :=');
    return emit(lexer, 'declare', start, start + 2);
  }
  if (char === '"') return lexQuoted(lexer, start, '"', 'string', 'unterminated quoted string');
  if (char === "'") return lexQuoted(lexer, start, "'", 'charConstant', 'unterminated character constant');
  if (char === '`') return lexRaw(lexer, start);
  const next = lexer.text[start + 1];
  if (char === '$') return lexName(lexer, start, 'variable', 'variable');
  if (char === '.' && !isDigit(next) && next !== undefined) return lexName(lexer, start, 'field', 'dot');
  if (char === '.' || char === '+' || char === '-' || isDigit(char)) return lexNumber(lexer, start);
  if (wordEnd(lexer.text, start) > start) return lexIdentifier(lexer, start);
  if (char >= ' ' && char <= '~') return emit(lexer, 'char', start, start + 1);
  return fail(lexer, start, `unrecognized character in action: ${runeName(lexer.text.codePointAt(start) ?? 0)}`);
}

/** The last space before a trimming right delimiter belongs to the delimiter. */
function lexSpace(lexer: Lexer, start: number): boolean {
  const end = skipSpaces(lexer.text, start);
  const last = end - 1;
  const beforeDelim = lexer.text[end] === '-' && lexer.text.startsWith(lexer.right, end + 1);
  return emit(lexer, 'space', start, beforeDelim ? last : end);
}

function lexIdentifier(lexer: Lexer, start: number): boolean {
  const end = wordEnd(lexer.text, start);
  if (!atTerminator(lexer, end)) return fail(lexer, start, badCharacter(lexer, end));
  const text = lexer.text.slice(start, end);
  const type = keywords.has(text) ? 'keyword' : text === 'true' || text === 'false' ? 'bool' : 'identifier';
  return emit(lexer, type, start, end);
}

/** `.name` and `$name`; alone they are `bare`. */
function lexName(lexer: Lexer, start: number, type: TokenType, bare: TokenType): boolean {
  if (atTerminator(lexer, start + 1)) return emit(lexer, bare, start, start + 1);
  const end = wordEnd(lexer.text, start + 1);
  if (!atTerminator(lexer, end)) return fail(lexer, start, badCharacter(lexer, end));
  return emit(lexer, type, start, end);
}

function lexQuoted(lexer: Lexer, start: number, quote: string, type: TokenType, problem: string): boolean {
  for (let at = start + 1; ; at++) {
    let char = lexer.text[at];
    if (char === '\\') {
      char = lexer.text[++at];
      if (char !== undefined && char !== '\n') continue;
    }
    if (char === undefined || char === '\n') return fail(lexer, start, problem);
    if (char === quote) return emit(lexer, type, start, at + 1);
  }
}

function lexRaw(lexer: Lexer, start: number): boolean {
  const end = lexer.text.indexOf('`', start + 1);
  if (end < 0) return fail(lexer, start, 'unterminated raw quoted string');
  return emit(lexer, 'rawString', start, end + 1);
}

function lexNumber(lexer: Lexer, start: number): boolean {
  const { end, type, bad } = scanNumber(lexer.text, start);
  if (bad) return fail(lexer, start, `bad number syntax: ${quoteString(lexer.text.slice(start, end))}`);
  return emit(lexer, type, start, end);
}

function atTerminator(lexer: Lexer, at: number): boolean {
  const char = lexer.text[at];
  if (char === undefined || isSpace(char) || '.,|:)('.includes(char)) return true;
  return lexer.text.startsWith(lexer.right, at);
}

function badCharacter(lexer: Lexer, at: number): string {
  return `bad character ${runeName(lexer.text.codePointAt(at) ?? 0)}`;
}

function wordEnd(text: string, at: number): number {
  word.lastIndex = at;
  return word.test(text) ? word.lastIndex : at;
}

function isDigit(char: string | undefined): boolean {
  return char !== undefined && char >= '0' && char <= '9';
}
