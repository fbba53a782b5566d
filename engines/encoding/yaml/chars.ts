/** Classes of characters by UTF-16 code, as libyaml has them. Past the end of the text the code is NaN. */

export const TAB = 9;
export const LF = 10;
export const CR = 13;
export const SPACE = 32;

export function isBreak(code: number): boolean {
  return code === LF || code === CR || code === 0x85 || code === 0x2028 || code === 0x2029;
}

export function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}

/** A blank, a line break, or the end. */
export function isBlankOrEnd(code: number): boolean {
  return (
    code === SPACE || (code < 14 && (code === TAB || code === LF || code === CR)) || Number.isNaN(code) || isBreak(code)
  );
}

/** A line break, or the end. */
export function isBreakOrEnd(code: number): boolean {
  return Number.isNaN(code) || isBreak(code);
}

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** What names of anchors, handles and directives are made of. */
export function isWord(code: number): boolean {
  return isDigit(code) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95 || code === 45;
}

const forbidden = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;
const loneSurrogate = /[\ud800-\udfff]/u;

/** The problem with the first character that may not stand in YAML, or undefined. */
export function findBadCharacter(text: string): string | undefined {
  const match = forbidden.exec(text);
  if (match === null) return undefined;
  return loneSurrogate.test(match[0]) ? 'invalid leading UTF-8 octet' : 'control characters are not allowed';
}
