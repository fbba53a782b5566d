import { isBlank, isBreak, isBreakOrEnd, isDigit, SPACE, TAB } from './chars.ts';
import { scannerError } from './error.ts';
import type { YamlScanner } from './scanner.ts';
import { T, type Token, token } from './tokens.ts';

/** Scans `|` and `>` scalars (YAML 1.1, 9.3). */
export function scanBlockScalar(scanner: YamlScanner, literal: boolean): Token {
  const start = scanner.line;
  scanner.position++;
  const { keep, increment } = scanHeader(scanner);
  const indent = { value: increment === 0 ? 0 : Math.max(scanner.indent, 0) + increment };
  let text = '';
  let leadingBreak = '';
  let leadingBlank = false;
  let breaks = scanBreaks(scanner, indent);
  while (scanner.column === indent.value && scanner.position < scanner.text.length) {
    const trailingBlank = isBlank(scanner.code());
    if (!literal && !leadingBlank && !trailingBlank && leadingBreak === '\n') {
      if (breaks === '') text += ' ';
    } else {
      text += leadingBreak;
    }
    text += breaks;
    leadingBlank = trailingBlank;
    const from = scanner.position;
    while (!isBreakOrEnd(scanner.code())) scanner.position++;
    text += scanner.text.slice(from, scanner.position);
    leadingBreak = scanner.position < scanner.text.length ? scanner.takeBreak() : '';
    breaks = scanBreaks(scanner, indent);
  }
  if (keep >= 0) text += leadingBreak;
  if (keep > 0) text += breaks;
  return token(T.scalar, start, text, literal ? '' : '>');
}

/** Chomping (-1 strip, 0 clip, 1 keep) and the given indentation, or 0. */
function scanHeader(scanner: YamlScanner): { keep: number; increment: number } {
  let keep = 0;
  let increment = 0;
  for (let i = 0; i < 2; i++) {
    const code = scanner.code();
    if ((code === 43 || code === 45) && keep === 0) {
      keep = code === 43 ? 1 : -1;
      scanner.position++;
    } else if (isDigit(code) && increment === 0) {
      increment = code - 48;
      if (increment === 0) throw scannerError(scanner.line, 'found an indentation indicator equal to 0');
      scanner.position++;
    }
  }
  while (isBlank(scanner.code())) scanner.position++;
  if (scanner.code() === 35) while (!isBreakOrEnd(scanner.code())) scanner.position++;
  if (!isBreakOrEnd(scanner.code())) throw scannerError(scanner.line, 'did not find expected comment or line break');
  if (scanner.position < scanner.text.length) scanner.takeBreak();
  return { keep, increment };
}

function scanBreaks(scanner: YamlScanner, indent: { value: number }): string {
  let breaks = '';
  let deepest = 0;
  for (;;) {
    while ((indent.value === 0 || scanner.column < indent.value) && scanner.code() === SPACE) scanner.position++;
    deepest = Math.max(deepest, scanner.column);
    if ((indent.value === 0 || scanner.column < indent.value) && scanner.code() === TAB) {
      throw scannerError(scanner.line, 'found a tab character where an indentation space is expected');
    }
    if (!isBreak(scanner.code())) break;
    breaks += scanner.takeBreak();
  }
  if (indent.value === 0) indent.value = Math.max(deepest, scanner.indent + 1, 1);
  return breaks;
}
