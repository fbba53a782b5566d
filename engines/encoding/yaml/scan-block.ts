import { isBlank, isBreak, isBreakOrEnd, isDigit, SPACE, TAB } from './chars.ts';
import type { YamlCursor } from './cursor.ts';
import { scannerError } from './error.ts';
import { T, type Token, token } from './tokens.ts';

/** Scans `|` and `>` scalars (YAML 1.1, 9.3). */
export function scanBlockScalar(cursor: YamlCursor, literal: boolean): Token {
  const start = cursor.line;
  cursor.position++;
  const { keep, increment } = scanHeader(cursor);
  const indent = { value: increment === 0 ? 0 : Math.max(cursor.indent, 0) + increment };
  let text = '';
  let leadingBreak = '';
  let leadingBlank = false;
  let breaks = scanBreaks(cursor, indent, start);
  while (cursor.column === indent.value && cursor.position < cursor.text.length) {
    const trailingBlank = isBlank(cursor.code());
    if (!literal && !leadingBlank && !trailingBlank && leadingBreak === '\n') {
      if (breaks === '') text += ' ';
    } else {
      text += leadingBreak;
    }
    text += breaks;
    leadingBlank = trailingBlank;
    const from = cursor.position;
    cursor.skipLine();
    text += cursor.text.slice(from, cursor.position);
    leadingBreak = cursor.position < cursor.text.length ? cursor.takeBreak() : '';
    breaks = scanBreaks(cursor, indent, start);
  }
  if (keep >= 0) text += leadingBreak;
  if (keep > 0) text += breaks;
  return token(T.scalar, start, text, literal ? '' : '>');
}

/** Chomping (-1 strip, 0 clip, 1 keep) and the given indentation, or 0. */
function scanHeader(cursor: YamlCursor): { keep: number; increment: number } {
  let keep = 0;
  let increment = 0;
  for (let i = 0; i < 2; i++) {
    const code = cursor.code();
    if ((code === 43 || code === 45) && keep === 0) {
      keep = code === 43 ? 1 : -1;
      cursor.position++;
    } else if (isDigit(code) && increment === 0) {
      increment = code - 48;
      if (increment === 0) throw scannerError(cursor.line, 'found an indentation indicator equal to 0');
      cursor.position++;
    }
  }
  while (isBlank(cursor.code())) cursor.position++;
  if (cursor.code() === 35) cursor.skipLine();
  if (!isBreakOrEnd(cursor.code())) throw scannerError(cursor.line, 'did not find expected comment or line break');
  if (cursor.position < cursor.text.length) cursor.takeBreak();
  return { keep, increment };
}

function scanBreaks(cursor: YamlCursor, indent: { value: number }, start: number): string {
  let breaks = '';
  let deepest = 0;
  for (;;) {
    while ((indent.value === 0 || cursor.column < indent.value) && cursor.code() === SPACE) cursor.position++;
    deepest = Math.max(deepest, cursor.column);
    if ((indent.value === 0 || cursor.column < indent.value) && cursor.code() === TAB) {
      throw scannerError(cursor.line, 'found a tab character where an indentation space is expected', start);
    }
    if (!isBreak(cursor.code())) break;
    breaks += cursor.takeBreak();
  }
  if (indent.value === 0) indent.value = Math.max(deepest, cursor.indent + 1, 1);
  return breaks;
}
