import { quoteString, runeName } from '../fmt/quote.ts';
import { scanNumber } from './scan-number.ts';
import { keywords, type Token, type TokenType } from './token.ts';

interface Lexer {
  readonly text: string;
  readonly left: string;
  readonly right: string;
  readonly tokens: Token[];
  /** The end of what has been read. */
  at: number;
}

const spaces = /[ \t\r\n]+/y;
const word = /[\p{L}\p{Nd}_]+/uy;

/** Splits a template into tokens; the last one is `eof`, or `error` with what is wrong. The rules are those of text/template/parse. */
export function readTokens(text: string, left: string, right: string): Token[] {
  const lexer: Lexer = { text, left, right, tokens: [], at: 0 };
  while (lexText(lexer));
  return lexer.tokens;
}

/** Text up to the next action and that action; false at the end. */
function lexText(lexer: Lexer): boolean {
  const start = lexer.at;
  const found = lexer.text.indexOf(lexer.left, start);
  if (found < 0) {
    if (start < lexer.text.length) emit(lexer, 'text', start, lexer.text.length);
    emit(lexer, 'eof', lexer.text.length, lexer.text.length);
    return false;
  }
  const afterLeft = found + lexer.left.length;
  const trims = lexer.text[afterLeft] === '-' && isSpace(lexer.text[afterLeft + 1]);
  const end = trims ? trimEnd(lexer.text, start, found) : found;
  if (end > start) emit(lexer, 'text', start, end);
  const inside = trims ? afterLeft + 2 : afterLeft;
  if (lexer.text.startsWith('/*', inside)) return lexComment(lexer, inside);
  emit(lexer, 'leftDelim', found, inside);
  return lexAction(lexer);
}

function lexComment(lexer: Lexer, start: number): boolean {
  const close = lexer.text.indexOf('*/', start + 2);
  if (close < 0) return fail(lexer, start, 'unclosed comment');
  const end = rightDelimEnd(lexer, close + 2);
  if (end === undefined) return fail(lexer, start, 'comment ends before closing delimiter');
  lexer.at = end;
  return true;
}

/** Where the text goes on when a right delimiter (with its trim marker) starts at `at`. */
function rightDelimEnd(lexer: Lexer, at: number): number | undefined {
  const { text, right } = lexer;
  if (isSpace(text[at]) && text[at + 1] === '-' && text.startsWith(right, at + 2)) {
    return skipSpaces(text, at + 2 + right.length);
  }
  return text.startsWith(right, at) ? at + right.length : undefined;
}

function lexAction(lexer: Lexer): boolean {
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

function skipSpaces(text: string, at: number): number {
  spaces.lastIndex = at;
  return spaces.test(text) ? spaces.lastIndex : at;
}

function trimEnd(text: string, start: number, end: number): number {
  let at = end;
  while (at > start && isSpace(text[at - 1])) at--;
  return at;
}

function isSpace(char: string | undefined): boolean {
  return char === ' ' || char === '\n' || char === '\t' || char === '\r';
}

function isDigit(char: string | undefined): boolean {
  return char !== undefined && char >= '0' && char <= '9';
}

function emit(lexer: Lexer, type: TokenType, start: number, end: number): true {
  lexer.tokens.push({ type, text: lexer.text.slice(start, end), at: start });
  lexer.at = end;
  return true;
}

function fail(lexer: Lexer, start: number, problem: string): false {
  lexer.tokens.push({ type: 'error', text: problem, at: start });
  return false;
}
