import { lexAction } from './lex-action.ts';
import { emit, fail, isSpace, type Lexer, rightDelimEnd } from './lexer-state.ts';
import type { Token } from './token.ts';

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

function trimEnd(text: string, start: number, end: number): number {
  let at = end;
  while (at > start && isSpace(text[at - 1])) at--;
  return at;
}
