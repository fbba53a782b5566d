import type { TokenType } from './token.ts';

export interface ScannedNumber {
  readonly end: number;
  readonly type: TokenType;
  readonly bad: boolean;
}

const number =
  /[+-]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?|0[oO][0-7_]*(?:\.[0-7_]*)?|0[bB][01_]*(?:\.[01_]*)?|[0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]*)?)i?/y;
const alphanumeric = /[\p{L}\p{Nd}_]/uy;

/** Finds the end of what looks like a number, as Go's template lexer does; its value is checked later. */
export function scanNumber(text: string, start: number): ScannedNumber {
  const first = scanPart(text, start);
  if (first.bad) return { ...first, type: 'number' };
  const sign = text[first.end];
  if (sign !== '+' && sign !== '-') return { ...first, type: 'number' };
  const second = scanPart(text, first.end);
  return { end: second.end, type: 'complex', bad: second.bad || text[second.end - 1] !== 'i' };
}

/** A part with a letter or digit right behind it is bad, and that character belongs to it. */
function scanPart(text: string, start: number): { end: number; bad: boolean } {
  number.lastIndex = start;
  number.test(text);
  const end = number.lastIndex;
  alphanumeric.lastIndex = end;
  const bad = alphanumeric.test(text);
  return { end: bad ? alphanumeric.lastIndex : end, bad };
}
