import { readYaml } from '@croft/encoding/yaml/read';
import { writeYaml } from '@croft/encoding/yaml/write';
import type { Value } from '@croft/gotemplate/value';
import type { Terminal } from '../terminal.ts';
import type { Flags, ParsedFlags } from './flags.ts';

const formats = ['table', 'json', 'yaml'] as const;
type Format = (typeof formats)[number];

export const outputFlag: Flags = {
  output: {
    type: 'text',
    short: 'o',
    value: 'FORMAT',
    check: readFormat,
    help: 'format of the output: table, json or yaml',
  },
};

export interface Output {
  flags: ParsedFlags;
  terminal: Terminal;
}

/** Prints a value in the format of `--output`, or by `table` for people. */
export function printOutput({ flags, terminal }: Output, value: unknown, table: () => string): void {
  switch (outputFormat(flags)) {
    case 'json':
      return terminal.print(renderJson(value));
    case 'yaml':
      return terminal.write(renderYaml(value));
    case 'table':
      return terminal.write(table());
  }
}

export function outputFormat(flags: ParsedFlags): Format {
  return flags.list('output').length === 0 ? 'table' : readFormat(flags.text('output'));
}

function readFormat(text: string): Format {
  const format = formats.find((one) => one === text);
  if (format === undefined) throw new Error('invalid format type');
  return format;
}

const escapes: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

/** As encoding/json writes it. */
function renderJson(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (char) => escapes[char] ?? char);
}

/** As sigs.k8s.io/yaml writes it: by way of JSON, whose whole numbers stay whole. */
export function renderYaml(value: unknown): string {
  return writeYaml(withWholeNumbers(readYaml(JSON.stringify(value))));
}

function withWholeNumbers(value: Value): Value {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(withWholeNumbers);
  if (!(value instanceof Map)) return value;
  return new Map([...value].map(([key, item]) => [key, withWholeNumbers(item)]));
}
