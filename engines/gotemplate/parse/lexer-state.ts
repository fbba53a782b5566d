import type { Token, TokenType } from './token.ts';

/** A template on its way to tokens. */
export interface Lexer {
  readonly text: string;
  readonly left: string;
  readonly right: string;
  readonly tokens: Token[];
  /** The end of what has been read. */
  at: number;
}

const spaces = /[ \t\r\n]+/y;

/** Adds the token that ends at `end`. */
export function emit(lexer: Lexer, type: TokenType, start: number, end: number): true {
  lexer.tokens.push({ type, text: lexer.text.slice(start, end), at: start });
  lexer.at = end;
  return true;
}

/** Adds the error that ends all: what is wrong with what began at `start`. */
export function fail(lexer: Lexer, start: number, problem: string): false {
  lexer.tokens.push({ type: 'error', text: problem, at: start });
  return false;
}

/** Where the text goes on when a right delimiter (with its trim marker) starts at `at`. */
export function rightDelimEnd(lexer: Lexer, at: number): number | undefined {
  const { text, right } = lexer;
  if (isSpace(text[at]) && text[at + 1] === '-' && text.startsWith(right, at + 2)) {
    return skipSpaces(text, at + 2 + right.length);
  }
  return text.startsWith(right, at) ? at + right.length : undefined;
}

export function isSpace(char: string | undefined): boolean {
  return char === ' ' || char === '\n' || char === '\t' || char === '\r';
}

export function skipSpaces(text: string, at: number): number {
  spaces.lastIndex = at;
  return spaces.test(text) ? spaces.lastIndex : at;
}
