import type { Value } from '@croft/gotemplate/value';
import { encodeJsonString, StructEntries, simplifyJson } from '../json/encode.ts';
import { formatFloat, formatJsonNumber } from '../json/number.ts';
import { compareYamlKeys } from './key-order.ts';
import { PlainText, simplifyPretty } from './pretty-tree.ts';
import { type Fold, writeDoubleQuoted, writeLiteral, writePlain, writeSingleQuoted } from './quote.ts';
import { readYaml } from './read.ts';
import { parseInteger, resolvePlain } from './resolve.ts';
import { analyzeScalar } from './style.ts';

/**
 * The value as sigs.k8s.io/yaml writes it (through JSON, then go-yaml v2): keys in natural order, lines folded at 80,
 * a line break at the end. Throws when the value has no JSON form, or its JSON is no YAML.
 */
export function writeYaml(value: Value): string {
  const out = new YamlWriter(false).write(value);
  return out.endsWith('\n') ? out : `${out}\n`;
}

/**
 * The value as go-yaml v3 writes it by itself, with an indentation of two: lists are indented, lines are not folded, and
 * floats look as Go prints them. Structs have their fields in order, under their names in lower case.
 */
export function writeYamlPretty(value: Value): string {
  const out = new YamlWriter(true).write(value);
  return out.endsWith('\n') ? out : `${out}\n`;
}

/** A key longer than this, with its quotes, is not found to be one when go-yaml reads the JSON. */
const LONGEST_KEY = 1024;
const LONGEST_SIMPLE_KEY = 128;
const odd = /[\x7f-\x9f\ufeff\ufffe\uffff\ud800-\udfff]/;
const astral = /[\ud800-\udbff][\udc00-\udfff]/g;

/** What becomes of a text on its way through JSON and back out of YAML. */
function throughJson(text: string): string {
  if (!odd.test(text)) return text;
  if (!odd.test(text.replace(astral, ''))) return text;
  return String(readYaml(encodeJsonString(text)));
}

class YamlWriter {
  readonly #pretty: boolean;
  /** Whole lines. Only added to and never looked at: a look would copy all of it each time. */
  #lines = '';
  /** The line being written. */
  #line = '';

  constructor(pretty: boolean) {
    this.#pretty = pretty;
  }

  write(value: Value): string {
    this.#node(value, -2, false, false);
    return this.#lines + this.#line;
  }

  #isEmpty(): boolean {
    return this.#line === '' && this.#lines === '';
  }

  #add(text: string): void {
    const end = text.lastIndexOf('\n') + 1;
    if (end > 0) this.#lines += this.#line + text.slice(0, end);
    this.#line = end > 0 ? text.slice(end) : this.#line + text;
  }

  /** `indent` is that of the surrounding collection, `open` whether this line holds nothing but indicators so far. */
  #node(value: Value, indent: number, open: boolean, inMapping: boolean): void {
    const tree = this.#pretty ? simplifyPretty(value) : simplifyJson(value);
    if (tree instanceof PlainText) this.#scalar(tree.text);
    else if (Array.isArray(tree)) {
      if (tree.length === 0) this.#scalar('[]');
      else this.#sequence(tree, indent < 0 ? 0 : inMapping && !open && !this.#pretty ? indent : indent + 2, open);
    } else if (tree instanceof StructEntries) {
      if (tree.entries.length === 0) this.#scalar('{}');
      else this.#mapping(tree.entries, indent < 0 ? 0 : indent + 2, open, !this.#pretty);
    } else if (tree instanceof Map) {
      if (tree.size === 0) this.#scalar('{}');
      else this.#mapping([...tree], indent < 0 ? 0 : indent + 2, open);
    } else {
      this.#scalar(this.#text(tree, indent < 0 ? 2 : indent + 2));
    }
  }

  #sequence(items: Value[], indent: number, open: boolean): void {
    let first = true;
    for (const item of items) {
      this.#startLine(indent, first && open);
      this.#add('-');
      this.#node(item, indent, true, false);
      first = false;
    }
  }

  #mapping(entries: [string, Value][], indent: number, open: boolean, sorted = true): void {
    const pairs = entries.map(([key, value]): [string, Value] => [this.#pretty ? key : readKey(key), value]);
    if (sorted && pairs.length > 1) pairs.sort(([a], [b]) => compareYamlKeys(a, b));
    let first = true;
    for (const [key, value] of pairs) {
      this.#startLine(indent, first && open);
      this.#key(key, value, indent);
      first = false;
    }
  }

  #key(key: string, value: Value, indent: number): void {
    const simple = Buffer.byteLength(key) <= LONGEST_SIMPLE_KEY && !analyzeScalar(key, this.#pretty).multiline;
    if (simple) {
      this.#add(`${this.#string(key, indent + 2, true)}:`);
      return this.#node(value, indent, false, true);
    }
    this.#add('?');
    this.#scalar(this.#string(key, indent + 2, false));
    this.#startLine(indent, false);
    this.#add(':');
    this.#node(value, indent, true, true);
  }

  #startLine(indent: number, open: boolean): void {
    if (open) return this.#add(' ');
    if (this.#line !== '') this.#add('\n');
    if (indent > 0) this.#add(' '.repeat(indent));
  }

  #scalar(text: string): void {
    this.#add(this.#isEmpty() ? text : ` ${text}`);
  }

  #text(tree: null | boolean | string | number | bigint, indent: number): string {
    if (typeof tree === 'string') return this.#string(this.#pretty ? tree : throughJson(tree), indent, false);
    if (typeof tree === 'number') return this.#pretty ? floatText(tree) : numberText(formatJsonNumber(tree));
    return tree === null ? 'null' : typeof tree === 'bigint' ? numberText(String(tree)) : String(tree);
  }

  #string(text: string, indent: number, key: boolean): string {
    const analysis = analyzeScalar(text, this.#pretty);
    if (analysis.multiline && text.includes('\n') && !key && analysis.blockAllowed) return writeLiteral(text, indent);
    const column = key ? 0 : this.#line.length + (this.#isEmpty() ? 0 : 1);
    const fold: Fold = { column, indent, allowed: !key && !this.#pretty };
    if (text.includes('\n') || (analysis.multiline && key)) return writeDoubleQuoted(text, fold);
    const plain = resolvePlain(text).type === 'str' && !isBase60(text);
    if (!plain) return writeDoubleQuoted(text, fold);
    if (analysis.plainAllowed && !(text === '' && key)) return writePlain(text, fold);
    return analysis.singleQuotedAllowed ? writeSingleQuoted(text, fold) : writeDoubleQuoted(text, fold);
  }
}

function readKey(key: string): string {
  if (key.length + 2 > LONGEST_KEY || encodeJsonString(key).length > LONGEST_KEY) {
    throw new Error("yaml: did not find expected ',' or '}'");
  }
  return throughJson(key);
}

function floatText(value: number): string {
  if (Number.isNaN(value)) return '.nan';
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf';
  return formatFloat(value);
}

function numberText(json: string): string {
  return parseInteger(json)?.toString() ?? formatFloat(Number(json));
}

const base60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;

/** Sexagesimal numbers of YAML 1.1, which other parsers would take for numbers. */
export function isBase60(text: string): boolean {
  return text.includes(':') && base60.test(text);
}
