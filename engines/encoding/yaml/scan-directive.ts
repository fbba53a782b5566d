import { isBlank, isBlankOrEnd, isBreakOrEnd, isDigit, isWord } from './chars.ts';
import { scannerError } from './error.ts';
import { scanTagHandle, scanTagUri } from './scan-tag.ts';
import type { YamlScanner } from './scanner.ts';
import { T, type Token, token } from './tokens.ts';

/** Scans a `%YAML` or `%TAG` line. */
export function scanDirective(scanner: YamlScanner): Token {
  const start = scanner.line;
  const from = ++scanner.position;
  while (isWord(scanner.code())) scanner.position++;
  const name = scanner.text.slice(from, scanner.position);
  if (name === '') throw scannerError(scanner.line, 'could not find expected directive name');
  if (!isBlankOrEnd(scanner.code())) throw scannerError(scanner.line, 'found unexpected non-alphabetical character');
  const item = scanArguments(scanner, name, start);
  skipBlanks(scanner);
  if (scanner.code() === 35) while (!isBreakOrEnd(scanner.code())) scanner.position++;
  if (!isBreakOrEnd(scanner.code())) throw scannerError(scanner.line, 'did not find expected comment or line break');
  if (scanner.position < scanner.text.length) scanner.takeBreak();
  return item;
}

function scanArguments(scanner: YamlScanner, name: string, start: number): Token {
  skipBlanks(scanner);
  if (name === 'YAML') {
    const major = scanNumber(scanner);
    if (scanner.code() !== 46) throw scannerError(scanner.line, "did not find expected digit or '.' character");
    scanner.position++;
    return token(T.versionDirective, start, `${major}.${scanNumber(scanner)}`);
  }
  if (name !== 'TAG') throw scannerError(scanner.line, 'found unknown directive name');
  const handle = scanTagHandle(scanner, true);
  if (!isBlank(scanner.code())) throw scannerError(scanner.line, 'did not find expected whitespace');
  skipBlanks(scanner);
  const prefix = scanTagUri(scanner, '');
  if (!isBlankOrEnd(scanner.code())) throw scannerError(scanner.line, 'did not find expected whitespace or line break');
  return token(T.tagDirective, start, handle, prefix);
}

function scanNumber(scanner: YamlScanner): number {
  const from = scanner.position;
  while (isDigit(scanner.code())) scanner.position++;
  const length = scanner.position - from;
  if (length > 2) throw scannerError(scanner.line, 'found extremely long version number');
  if (length === 0) throw scannerError(scanner.line, 'did not find expected version number');
  return Number(scanner.text.slice(from, scanner.position));
}

function skipBlanks(scanner: YamlScanner): void {
  while (isBlank(scanner.code())) scanner.position++;
}
