import { encodeString } from '@croft/gotemplate/bytes';
import { quoteString } from '@croft/gotemplate/fmt/quote';
import type { Value } from '@croft/gotemplate/value';
import { scanHeader, scanKey, unexpected } from './keys.ts';
import { scanNumber, scanSigned } from './scalar.ts';
import { isBlank, isBreak, isDigit, showChar, TomlProblem, TomlScanner, type TomlVersion } from './scanner.ts';
import { TomlTables } from './tables.ts';
import { scanTomlText } from './text.ts';

const MAX_NESTING = 2000;

/** Reads TOML as BurntSushi/toml does into a map: integers are int64, dates are times. Throws with its words. */
export function readToml(text: string, version: TomlVersion = '1.5'): Map<string, Value> {
  const clean = text.replace(/^\ufeff/, '');
  if (encodeString(clean).subarray(0, 6).includes(0)) {
    throw new Error('toml: line 1: files cannot contain NULL bytes; probably using UTF-16; TOML files must be UTF-8');
  }
  const reader = new TomlReader(clean, version);
  try {
    return reader.read();
  } catch (error) {
    if (!(error instanceof TomlProblem)) throw error;
    const key = reader.current === '' ? '' : ` (last key ${quoteString(reader.current)})`;
    throw new Error(`toml: line ${error.line}${key}: ${error.message}`, { cause: error });
  }
}

class TomlReader {
  readonly #scanner: TomlScanner;
  readonly #tables: TomlTables;
  #nesting = 0;

  constructor(text: string, version: TomlVersion) {
    this.#scanner = new TomlScanner(text, version);
    this.#tables = new TomlTables(version);
  }

  get current(): string {
    return this.#tables.current;
  }

  read(): Map<string, Value> {
    const scanner = this.#scanner;
    for (;;) {
      const char = scanner.peek();
      if (char === '') return this.#tables.root;
      if (isBlank(char) || isBreak(char)) scanner.next();
      else if (char === '#') scanner.skipComment();
      else {
        if (char === '[') this.#header();
        else this.#pair();
        this.#tables.key = '';
        this.#lineEnd();
      }
    }
  }

  #lineEnd(): void {
    const scanner = this.#scanner;
    scanner.skipBlanks();
    const char = scanner.next();
    if (char === '#') scanner.skipComment();
    else if (char !== '' && !isBreak(char)) {
      throw scanner.problem(
        `expected a top-level item to end with a newline, comment, or EOF, but got ${showChar(char)} instead`,
      );
    }
  }

  #header(): void {
    const { key, line, isArray } = scanHeader(this.#scanner);
    this.#tables.line = line;
    this.#tables.open(key, isArray);
  }

  /** `key = value`, in a table or an inline table. Gives the key with the tables that it names, and the value. */
  #pair(): { key: string[]; value: Value } {
    const tables = this.#tables;
    const outer = tables.context;
    const { key, line } = scanKey(this.#scanner);
    tables.line = line;
    tables.key = key.at(-1) ?? '';
    tables.openParents(key.slice(0, -1));
    const value = this.#value(false);
    tables.set(tables.key, value);
    if (!Array.isArray(value)) tables.unmarkList();
    tables.context = outer;
    return { key, value };
  }

  #value(inList: boolean): Value {
    const scanner = this.#scanner;
    scanner.skipBlanks();
    const char = scanner.peek();
    if (isDigit(char)) return scanNumber(scanner);
    switch (char) {
      case '"':
      case "'":
        return scanTomlText(scanner, true);
      case '[':
        return this.#list();
      case '{':
        return this.#inlineTable(inList);
      case '-':
      case '+':
        return scanSigned(scanner);
      case '.':
        throw scanner.problem("floats must start with a digit, not '.'");
    }
    return this.#word();
  }

  /** `inf` and `nan`, letter by letter as BurntSushi/toml looks for them: errors begin at the last that fitted. */
  #special(): number | undefined {
    const scanner = this.#scanner;
    const start = scanner.at;
    const { text } = scanner;
    let at = start + 1;
    if (text[at] === 'n' && text[++at] === 'f') at++;
    else if (text[at] === 'a' && text[++at] === 'n') at++;
    else {
      scanner.at = at - 1;
      return undefined;
    }
    const word = text.slice(start, at);
    scanner.at = at;
    if (word === 'inf') return Number.POSITIVE_INFINITY;
    if (word === 'nan') return Number.NaN;
    throw scanner.problem(`Invalid float value: ${quoteString(word)}`);
  }

  #word(): Value {
    const scanner = this.#scanner;
    if (/^[in]$/.test(scanner.peek())) {
      const special = this.#special();
      if (special !== undefined) return special;
    }
    const word = scanner.takeWhile((char) => /^\p{L}$/u.test(char));
    if (word === 'true' || word === 'false') return word === 'true';
    if (word !== '') throw scanner.problem(`expected value but found ${quoteString(word)} instead`);
    const char = scanner.next();
    if (char === '') throw scanner.problem('unexpected EOF; expected value');
    throw unexpected(scanner, 'expected value but found', char);
  }

  #nest(): void {
    if (++this.#nesting > MAX_NESTING) throw this.#scanner.problem(`exceeds maximum array depth of ${MAX_NESTING}`);
  }

  #list(): Value[] {
    const scanner = this.#scanner;
    this.#nest();
    scanner.next();
    this.#tables.markList();
    const items: Value[] = [];
    for (;;) {
      this.#skipLines();
      if (scanner.accept(']')) break;
      if (scanner.peek() === ',') throw scanner.problem('unexpected comma');
      items.push(this.#value(true));
      this.#skipLines();
      const char = scanner.next();
      if (char === ']') break;
      if (char !== ',') {
        const found = char === '' ? 'end of file' : `'${char}'`;
        throw scanner.problem(`expected a comma (',') or array terminator (']'), but got ${found}`);
      }
    }
    this.#nesting--;
    return items;
  }

  #skipLines(): void {
    const scanner = this.#scanner;
    for (;;) {
      const char = scanner.peek();
      if (char === '#') scanner.skipComment();
      else if (isBlank(char) || isBreak(char)) scanner.next();
      else return;
    }
  }

  #inlineTable(inList: boolean): Map<string, Value> {
    const scanner = this.#scanner;
    const tables = this.#tables;
    const { context: outer, key } = tables;
    this.#nest();
    scanner.next();
    tables.openInline(inList);
    const table = new Map<string, Value>();
    for (;;) {
      this.#skipInline();
      if (scanner.accept('}')) break;
      if (scanner.peek() === ',') throw scanner.problem('unexpected comma');
      const { key: path, value } = this.#pair();
      this.#place(table, path, value);
      this.#skipInline();
      const char = scanner.next();
      if (char === '}') break;
      if (char !== ',') {
        const found = char === '' ? 'end of file' : `'${char}'`;
        throw scanner.problem(`expected a comma or an inline table terminator '}', but got ${found} instead`);
      }
      scanner.skipBlanks();
      if (scanner.version === '1.5' && scanner.peek() === '}') {
        throw scanner.problem('trailing comma not allowed in inline tables');
      }
    }
    this.#nesting--;
    tables.context = outer;
    tables.key = key;
    return table;
  }

  /** Only TOML 1.1 has inline tables of several lines. */
  #skipInline(): void {
    const scanner = this.#scanner;
    if (scanner.version === '1.6') return this.#skipLines();
    scanner.skipBlanks();
    if (scanner.peek() === '#') scanner.skipComment();
    if (!isBreak(scanner.peek())) return;
    scanner.next();
    throw scanner.problemAbove('newlines not allowed within inline tables');
  }

  #place(table: Map<string, Value>, path: readonly string[], value: Value): void {
    let inner = table;
    for (const part of path.slice(0, -1)) {
      const next = inner.get(part) ?? new Map<string, Value>();
      if (!(next instanceof Map)) {
        throw new TomlProblem(this.#tables.line, `${quoteString(this.current)} is not a table`);
      }
      inner.set(part, next);
      inner = next;
    }
    inner.set(path.at(-1) ?? '', value);
  }
}
