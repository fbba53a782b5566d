import { findJsonConversion } from '@croft/encoding/json/shape';
import { formatFloat } from '@croft/gotemplate/fmt/float';
import type { GoType } from '@croft/gotemplate/type';
import {
  findEntries,
  findItems,
  GoMap,
  GoNumber,
  GoPointer,
  GoSlice,
  GoString,
  GoStruct,
  NilMap,
  sortedKeys,
  type Value,
} from '@croft/gotemplate/value';
import { formatTime } from '../time/format.ts';
import { TIME } from '../time/object.ts';
import type { Time } from '../time/time.ts';
import type { TomlVersion } from './scanner.ts';
import { quoteToml } from './tables.ts';

/** The value as BurntSushi/toml writes it: plain keys first, then tables, two blanks for each level. Throws. */
export function writeToml(value: Value, version: TomlVersion = '1.5'): string {
  const writer = new TomlWriter(version);
  writer.encode([], value);
  return writer.out;
}

class TomlWriter {
  readonly #version: TomlVersion;
  out = '';

  constructor(version: TomlVersion) {
    this.#version = version;
  }

  encode(key: readonly string[], given: Value): void {
    const value = resolve(given);
    if (isTableArray(value)) return this.#tableArray(key, findItems(value) ?? []);
    if (isTable(value)) return this.#table(key, value);
    if (key.length === 0) {
      this.out += element(value, this.#version);
      return;
    }
    this.out += `${indent(key)}${nameText(key.at(-1) ?? '')} = ${element(value, this.#version)}`;
    this.#newline();
  }

  #newline(): void {
    if (this.out !== '') this.out += '\n';
  }

  #table(key: readonly string[], table: Value): void {
    if (key.length === 1) this.#newline();
    if (key.length > 0) {
      this.out += `${indent(key)}[${key.map(nameText).join('.')}]`;
      this.#newline();
    }
    this.#entries(key, table);
  }

  #tableArray(key: readonly string[], tables: readonly Value[]): void {
    if (key.length === 0) throw new Error('toml: top-level values must be Go maps or structs');
    for (const table of tables) {
      this.#newline();
      this.out += `${indent(key)}[[${key.map(nameText).join('.')}]]`;
      this.#newline();
      this.#entries(key, resolve(table));
    }
  }

  #entries(key: readonly string[], table: Value): void {
    const entries = tableEntries(table).filter(([, value]) => !isNil(value));
    const isSub = (value: Value) => isTable(resolve(value)) || isTableArray(resolve(value));
    for (const [name, value] of entries) if (!isSub(value)) this.encode([...key, name], value);
    for (const [name, value] of entries) if (isSub(value)) this.encode([...key, name], value);
  }
}

/** What is encoded: behind pointers, and the text of what has one (versions). */
function resolve(value: Value): Value {
  if (value instanceof GoPointer) return resolve(value.target);
  if (!(value instanceof GoStruct) || isTime(value.type)) return value;
  return findJsonConversion(value.type)?.(value) ?? value;
}

function isNil(value: Value): boolean {
  if (value instanceof GoSlice || value instanceof GoMap) return value.isNil;
  return value === null || value instanceof NilMap || (value instanceof GoPointer && value.target === null);
}

function isTime(type: GoType): boolean {
  return type.name === TIME.name;
}

function isTable(value: Value): boolean {
  return value instanceof Map || value instanceof GoMap || (value instanceof GoStruct && !isTime(value.type));
}

function isTableArray(value: Value): boolean {
  if (value instanceof Uint8Array) return false;
  const items = findItems(value);
  return items !== undefined && items.length > 0 && items.every((item) => isTable(resolve(item)));
}

/** Exported fields of structs in their order, those of embedded ones first; keys of maps sorted. */
function tableEntries(table: Value): [string, Value][] {
  if (table instanceof GoStruct) {
    return (table.type.fields ?? []).flatMap(({ name, embedded }): [string, Value][] => {
      if (/^\p{Ll}/u.test(name)) return [];
      const value = table.fields.get(name) ?? null;
      return embedded === true ? tableEntries(value) : [[name, value]];
    });
  }
  const entries = findEntries(table) ?? new Map<string, Value>();
  return sortedKeys(entries).map((key) => [key, entries.get(key) ?? null]);
}

function indent(key: readonly string[]): string {
  return '  '.repeat(key.length - 1);
}

function nameText(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : quoteToml(key);
}

function element(given: Value, version: TomlVersion): string {
  const value = resolve(given);
  if (typeof value === 'string') return quoteToml(value);
  if (typeof value === 'number') return floatText(value, version);
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (value === null) throw new Error('toml: cannot encode array with nil element');
  if (value instanceof GoString) return quoteToml(value.value);
  if (value instanceof GoNumber && typeof value.value !== 'object') {
    return typeof value.value === 'number' ? floatText(value.value, version) : String(value.value);
  }
  if (value instanceof GoStruct && isTime(value.type)) {
    return timeText(value.native as Time);
  }
  if (isTable(value)) {
    const pairs = tableEntries(value).filter(([, item]) => !isNil(item));
    return `{${pairs.map(([key, item]) => `${nameText(key)} = ${element(item, version)}`).join(', ')}}`;
  }
  const items = findItems(value);
  if (items !== undefined) return `[${items.map((item) => element(item, version)).join(', ')}]`;
  throw new Error(`unsupported type: ${'type' in value ? value.type.name : typeof value}`);
}

/** Times that were read without a date or a zone are written without it again. */
const localLayouts = new Map([
  ['datetime-local', '2006-01-02T15:04:05.999999999'],
  ['date-local', '2006-01-02'],
  ['time-local', '15:04:05.999999999'],
]);

function timeText(time: Time): string {
  return formatTime(time, localLayouts.get(time.zone.name) ?? '2006-01-02T15:04:05.999999999Z07:00');
}

function floatText(value: number, version: TomlVersion): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const text = formatFloat(value, version === '1.6' ? 'g' : 'f', -1);
  return /[.e]/.test(text) ? text : `${text}.0`;
}
