import { ANY, mapType, sliceType } from '@croft/gotemplate/type';
import { GoSlice, type Value } from '@croft/gotemplate/value';
import { TomlProblem, type TomlVersion } from './scanner.ts';

type Table = Map<string, Value>;
type Key = readonly string[];

const TABLES = sliceType({ ...mapType(ANY), name: 'map[string]interface {}' });

/**
 * The tables that a TOML text makes, and the rules about naming one twice. Which table is open, and under which key a value
 * is being read, is also what errors tell.
 */
export class TomlTables {
  readonly root: Table = new Map();
  /** The table that is open. */
  context: Key = [];
  /** The key whose value is being read; '' between them. */
  key = '';
  /** The line of the key that is being defined. */
  line = 0;
  /** Tables that only keys below them have made so far, and lists of values. */
  readonly #implicit = new Set<string>();
  readonly #lists = new Set<string>();
  readonly #version: TomlVersion;

  constructor(version: TomlVersion) {
    this.#version = version;
  }

  /** The full name of what is being read. */
  get current(): string {
    if (this.key === '') return keyText(this.context);
    return this.context.length === 0 ? this.key : `${keyText(this.context)}.${this.key}`;
  }

  #problem(message: string): TomlProblem {
    return new TomlProblem(this.line, message);
  }

  /** Opens a table, and makes those above it that are not there; `isArray` adds one to an array of tables. */
  open(key: Key, isArray: boolean): void {
    let table = this.root;
    const path: string[] = [];
    for (const part of key.slice(0, -1)) {
      path.push(part);
      if (!table.has(part)) {
        this.#implicit.add(keyText(path));
        table.set(part, new Map());
      }
      const inner = lastTable(table.get(part) ?? null);
      if (inner === undefined) throw this.#problem(`Key '${keyText(path)}' was already created as a hash.`);
      table = inner;
    }
    this.context = path;
    const last = key.at(-1) ?? '';
    if (isArray) {
      const tables = table.get(last) ?? new GoSlice(TABLES, []);
      if (!(tables instanceof GoSlice)) {
        throw this.#problem(`Key '${keyText(key)}' was already created and cannot be used as an array.`);
      }
      tables.items.push(new Map());
      table.set(last, tables);
    } else {
      this.set(last, new Map());
    }
    this.context = [...path, last];
  }

  /** Opens the table of an inline table, which its value will stand for. */
  openInline(isArray: boolean): void {
    const key = [...this.context, this.key];
    this.key = '';
    this.#implicit.add(keyText(key));
    this.open(key, isArray);
  }

  /** Opens the tables that a key with dots names. */
  openParents(parents: Key): void {
    for (const part of parents) {
      const key = [...this.context, part];
      this.#implicit.add(keyText(key));
      this.open(key, false);
    }
  }

  /** Says that the value of the key is a list. */
  markList(): void {
    this.#lists.add(keyText(this.key === '' ? this.context : [...this.context, this.key]));
  }

  unmarkList(): void {
    this.#lists.delete(keyText([...this.context, this.key]));
  }

  /** Sets a key of the open table. Throws TomlProblem when it has a value. */
  set(key: string, value: Value): void {
    let table = this.root;
    const path: string[] = [];
    for (const part of this.context) {
      path.push(part);
      const inner = lastTable(table.get(part) ?? null);
      if (inner === undefined) throw this.#problem(`Key '${keyText(path)}' has already been defined.`);
      table = inner;
    }
    const name = keyText([...path, key]);
    if (!table.has(key)) {
      table.set(key, value);
      return;
    }
    const isList = this.#lists.has(name);
    const wasImplicit = this.#implicit.delete(name);
    // BurntSushi/toml 1.5 lets a list be defined again.
    if (!wasImplicit && !(isList && this.#version === '1.5')) {
      throw this.#problem(`Key '${name}' has already been defined.`);
    }
    if (isList) table.set(key, value);
  }
}

function lastTable(value: Value): Table | undefined {
  const table = value instanceof GoSlice ? value.items.at(-1) : value;
  return table instanceof Map ? table : undefined;
}

function keyText(key: Key): string {
  return key.map((part) => (/^[A-Za-z0-9_-]+$/.test(part) ? part : quoteToml(part))).join('.');
}

const escapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
};

/** A string or key in quotes, as BurntSushi/toml writes them. */
export function quoteToml(text: string): string {
  const body = text.replace(
    /["\\\0-\x1f\x7f]/g,
    (char) => escapes[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `"${body}"`;
}
