import { isBlank, isBlankOrEnd, isBreakOrEnd, isDigit, isWord } from './chars.ts';
import type { YamlCursor } from './cursor.ts';
import { scannerError } from './error.ts';
import { scanTagHandle, scanTagUri } from './scan-tag.ts';
import { T, type Token, token } from './tokens.ts';

/** Scans a `%YAML` or `%TAG` line. */
export function scanDirective(cursor: YamlCursor): Token {
  const start = cursor.line;
  const from = ++cursor.position;
  while (isWord(cursor.code())) cursor.position++;
  const name = cursor.text.slice(from, cursor.position);
  if (name === '') throw scannerError(cursor.line, 'could not find expected directive name');
  if (!isBlankOrEnd(cursor.code())) throw scannerError(cursor.line, 'found unexpected non-alphabetical character');
  const item = scanArguments(cursor, name, start);
  skipBlanks(cursor);
  if (cursor.code() === 35) cursor.skipLine();
  if (!isBreakOrEnd(cursor.code())) throw scannerError(cursor.line, 'did not find expected comment or line break');
  if (cursor.position < cursor.text.length) cursor.takeBreak();
  return item;
}

function scanArguments(cursor: YamlCursor, name: string, start: number): Token {
  skipBlanks(cursor);
  if (name === 'YAML') {
    const major = scanNumber(cursor);
    if (cursor.code() !== 46) throw scannerError(cursor.line, "did not find expected digit or '.' character");
    cursor.position++;
    return token(T.versionDirective, start, `${major}.${scanNumber(cursor)}`);
  }
  if (name !== 'TAG') throw scannerError(cursor.line, 'found unknown directive name');
  const handle = scanTagHandle(cursor, true);
  if (!isBlank(cursor.code())) throw scannerError(cursor.line, 'did not find expected whitespace');
  skipBlanks(cursor);
  const prefix = scanTagUri(cursor, '');
  if (!isBlankOrEnd(cursor.code())) throw scannerError(cursor.line, 'did not find expected whitespace or line break');
  return token(T.tagDirective, start, handle, prefix);
}

function scanNumber(cursor: YamlCursor): number {
  const from = cursor.position;
  while (isDigit(cursor.code())) cursor.position++;
  const length = cursor.position - from;
  if (length > 2) throw scannerError(cursor.line, 'found extremely long version number');
  if (length === 0) throw scannerError(cursor.line, 'did not find expected version number');
  return Number(cursor.text.slice(from, cursor.position));
}

function skipBlanks(cursor: YamlCursor): void {
  while (isBlank(cursor.code())) cursor.position++;
}
