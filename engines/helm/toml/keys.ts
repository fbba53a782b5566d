import { isBareKeyChar, showChar, type TomlProblem, type TomlScanner } from './scanner.ts';
import { scanTomlText } from './text.ts';

/** The parts of a key, and the line on which the first one ends: the one that errors about the key name. */
export interface TomlKey {
  key: string[];
  line: number;
}

/** Reads a key up to its `=`. Throws TomlProblem. */
export function scanKey(scanner: TomlScanner): TomlKey {
  scanner.skipBlanks();
  const first = scanner.peek();
  if (first === '=' || first === '') throw scanner.problem("unexpected '=': key name appears blank");
  if (first === '.') throw scanner.problem("unexpected '.': keys cannot start with a '.'");
  const key: string[] = [];
  let line = scanner.line;
  for (;;) {
    scanner.skipBlanks();
    const char = scanner.peek();
    if (char === '=' || char === '') throw scanner.problem("unexpected '='");
    if (char === '.') throw scanner.problem("unexpected '.'");
    key.push(scanPart(scanner));
    if (key.length === 1) line = scanner.line;
    scanner.skipBlanks();
    const end = scanner.next();
    if (end === '=') return { key, line };
    if (end === '') throw scanner.problem("unexpected EOF; expected key separator '='");
    if (end !== '.') throw unexpected(scanner, "expected '.' or '=', but got", end);
  }
}

/** Reads `[table]` or `[[array.of.tables]]`. Throws TomlProblem. */
export function scanHeader(scanner: TomlScanner): TomlKey & { isArray: boolean } {
  scanner.next();
  const isArray = scanner.accept('[');
  const key: string[] = [];
  const { line } = scanner;
  for (;;) {
    scanner.skipBlanks();
    const char = scanner.peek();
    if (char === ']' || char === '') {
      throw scanner.problem('unexpected end of table name (table names cannot be empty)');
    }
    if (char === '.') throw scanner.problem('unexpected table separator (table names cannot be empty)');
    key.push(scanPart(scanner));
    scanner.skipBlanks();
    const end = scanner.next();
    if (end === ']') break;
    if (end !== '.') {
      throw scanner.problem(`expected '.' or ']' to end table name, but got ${showChar(end)} instead`);
    }
  }
  const end = isArray ? scanner.next() : ']';
  if (end !== ']') {
    throw scanner.problem(`expected end of table array name delimiter ']', but got ${showChar(end)} instead`);
  }
  return { key, line, isArray };
}

function scanPart(scanner: TomlScanner): string {
  const char = scanner.peek();
  return char === '"' || char === "'" ? scanTomlText(scanner, false) : scanner.takeWhile(isBareKeyChar);
}

/** The problem with a character that was just taken; a line break is told of the line that it ends. */
export function unexpected(scanner: TomlScanner, want: string, char: string): TomlProblem {
  const message = `${want} ${showChar(char)} instead`;
  return char === '\n' ? scanner.problemAbove(message) : scanner.problem(message);
}
