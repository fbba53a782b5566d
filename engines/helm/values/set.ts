import { decodeJson } from '@croft/encoding/json/decode';
import { scanJsonValue } from '@croft/encoding/json/scan';
import { quoteRune, quoteString } from '@croft/gotemplate/fmt/quote';
import { INT64 } from '@croft/gotemplate/type';
import { GoNumber, typeName, type Value } from '@croft/gotemplate/value';
import type { Values } from './copy.ts';

/** A `[` without `]`. Helm 4 takes it for the end of the expression. */
export class UnclosedIndexError extends Error {
  override readonly name = 'UnclosedIndexError';
  constructor() {
    super('error parsing index: EOF');
  }
}

/** How `--set`, `--set-string`, `--set-file`, `--set-json` and `--set-literal` read the text after `=`. */
export type SetKind = 'typed' | 'string' | 'json' | 'literal' | ((text: string) => Value);

const MAX_INDEX = 65536;
const MAX_NESTING = 30;

/** Applies an expression like `a.b=1,list[0].x={y,z}` to values, as Helm's strvals. Throws with its words. */
export function applySet(expression: string, values: Values, kind: SetKind): void {
  const parser = new SetParser(expression, kind);
  while (!parser.atEnd) parser.key(values, 0);
}

class SetParser {
  readonly #chars: string[];
  readonly #kind: SetKind;
  #at = 0;

  constructor(text: string, kind: SetKind) {
    this.#chars = Array.from(text);
    this.#kind = kind;
  }

  get atEnd(): boolean {
    return this.#at >= this.#chars.length;
  }

  /** One key with its value, or a part of it before a dot. */
  key(into: Values, nesting: number): void {
    const { text: key, stop } = this.#until(this.#kind === 'literal' ? '=[.' : '=[,.');
    switch (stop) {
      case '[': {
        const index = this.#index();
        const existing = into.has(key) ? asList(into.get(key) ?? null) : [];
        const { list, error } = this.#item(existing, index, nesting);
        setKey(into, key, list);
        if (error !== undefined) throw error;
        return;
      }
      case '=':
        return setKey(into, key, this.#value());
      case ',':
        setKey(into, key, '');
        throw new Error(`key ${quoteString(key)} has no value (cannot end with ,)`);
      case '.':
        return this.#nested(into, key, nesting + 1);
      default:
        if (key !== '') throw new Error(`key ${quoteString(key)} has no value`);
    }
  }

  #nested(into: Values, key: string, nesting: number): void {
    if (nesting > MAX_NESTING) {
      throw new Error(`value name nested level is greater than maximum supported nested level of ${MAX_NESTING}`);
    }
    const inner: Values = into.has(key) ? asMap(into.get(key) ?? null) : new Map();
    const ended = this.atEnd;
    this.key(inner, nesting);
    if (inner.size > 0) setKey(into, key, inner);
    else if (!ended) throw new Error(`key map ${quoteString(key)} has no value`);
  }

  #index(): number {
    const { text, stop } = this.#until(']');
    if (stop === undefined) throw new UnclosedIndexError();
    if (!/^[-+]?[0-9]+$/.test(text)) {
      throw new Error(`error parsing index: strconv.Atoi: parsing ${quoteString(text)}: invalid syntax`);
    }
    return Number(text);
  }

  /** What stands behind `[0]`. The list comes back also when there was an error in it. */
  #item(list: Value[], index: number, nesting: number): { list: Value[]; error?: Error } {
    if (index < 0) return { list, error: new Error(`negative ${index} index not allowed`) };
    const { text, stop } = this.#until('[.=');
    if (text !== '') {
      const shown = Array.from(text, (char) => quoteRune(char.codePointAt(0) ?? 0)).join(' ');
      return { list, error: new Error(`unexpected data at end of array index: [${shown}]`) };
    }
    if (stop === undefined) return { list };
    if (stop === '=') return { list: setIndex(list, index, this.#value()) };
    if (stop === '[') {
      const next = this.#index();
      const existing = list.length > index && list[index] !== null ? asList(list[index] ?? null) : [];
      const inner = this.#item(existing, next, nesting);
      if (inner.error !== undefined) return { list, error: inner.error };
      return { list: setIndex(list, index, inner.list) };
    }
    let inner: Values = new Map();
    if (list.length > index) {
      const existing = list[index] ?? null;
      if (existing instanceof Map) inner = existing;
      else list[index] = inner;
    }
    this.key(inner, nesting);
    return { list: setIndex(list, index, inner) };
  }

  #value(): Value {
    if (this.#kind === 'json') return this.#json();
    if (this.#kind === 'literal') {
      const text = this.#chars.slice(this.#at).join('');
      this.#at = this.#chars.length;
      return text;
    }
    if (this.atEnd) return '';
    if (this.#chars[this.#at] === '{') return this.#list();
    return this.#convert(this.#until(',').text);
  }

  #list(): Value[] {
    this.#at++;
    const list: Value[] = [];
    for (;;) {
      const { text, stop } = this.#until(',}');
      if (stop === undefined) throw new Error("list must terminate with '}'");
      list.push(this.#convert(text));
      if (stop !== '}') continue;
      if (this.#chars[this.#at] === ',') this.#at++;
      return list;
    }
  }

  #json(): Value {
    if (this.#skipToJson()) return null;
    const text = this.#chars.slice(this.#at).join('');
    const length = scanJsonValue(text);
    const value = decodeJson(text.slice(0, length));
    this.#at += Array.from(text.slice(0, length)).length;
    if (!this.#skipToJson()) return value;
    return value;
  }

  /** Passes over blanks; true when there is no value before the next comma or the end. */
  #skipToJson(): boolean {
    for (; !this.atEnd; this.#at++) {
      const char = this.#chars[this.#at] ?? '';
      if (char === ',') {
        this.#at++;
        return true;
      }
      if (!/\s/u.test(char)) return false;
    }
    return true;
  }

  #convert(text: string): Value {
    if (typeof this.#kind === 'function') return this.#kind(text);
    return this.#kind === 'string' ? text : typedValue(text);
  }

  /** Text up to one of these characters, which is taken too; a backslash takes the next character as it is. */
  #until(stops: string): { text: string; stop: string | undefined } {
    let text = '';
    while (!this.atEnd) {
      const char = this.#chars[this.#at++] ?? '';
      if (stops.includes(char)) return { text, stop: char };
      if (char === '\\' && this.#kind !== 'literal') {
        if (this.atEnd) return { text, stop: undefined };
        text += this.#chars[this.#at++] ?? '';
      } else {
        text += char;
      }
    }
    return { text, stop: undefined };
  }
}

function setKey(into: Values, key: string, value: Value): void {
  if (key !== '') into.set(key, value);
}

function setIndex(list: Value[], index: number, value: Value): Value[] {
  if (index > MAX_INDEX) {
    throw new Error(`index of ${index} is greater than maximum supported index of ${MAX_INDEX}`);
  }
  const filled = [...list];
  while (filled.length <= index) filled.push(null);
  filled[index] = value;
  return filled;
}

function conversionError(value: Value, want: string): Error {
  const got = value === null ? 'nil' : typeName(value);
  return new Error(`unable to parse key: interface conversion: interface {} is ${got}, not ${want}`);
}

function asList(value: Value): Value[] {
  if (!Array.isArray(value)) throw conversionError(value, '[]interface {}');
  return value;
}

function asMap(value: Value): Values {
  if (!(value instanceof Map)) throw conversionError(value, 'map[string]interface {}');
  return value;
}

/** `true`, `null` and integers are what they look like; numbers with a leading zero are text. */
function typedValue(text: string): Value {
  switch (text.toLowerCase()) {
    case 'true':
      return true;
    case 'false':
      return false;
    case 'null':
      return null;
  }
  if (!/^(0|[-+]?[0-9]+)$/.test(text) || (text.startsWith('0') && text !== '0')) return text;
  const value = BigInt(text.replace('+', ''));
  return value < -(2n ** 63n) || value >= 2n ** 63n ? text : new GoNumber(INT64, value);
}
