import { encodeJson } from '@croft/encoding/json/encode';
import { writeYaml } from '@croft/encoding/yaml/write';
import type { Value } from '@croft/gotemplate/value';
import { FlagError, type Flags, type ParsedFlags } from './flags.ts';

/** The flag of commands that print tables. */
export const outputFlag: Flags = {
  output: { type: 'text', short: 'o', value: 'FORMAT', help: 'table, json or yaml' },
};

export type OutputFormat = 'table' | 'json' | 'yaml';

/** Throws FlagError when the format is none. */
export function outputFormat(flags: ParsedFlags): OutputFormat {
  const text = flags.text('output');
  if (text === '' && flags.list('output').length === 0) return 'table';
  if (text === 'table' || text === 'json' || text === 'yaml') return text;
  throw new FlagError(`invalid argument ${JSON.stringify(text)} for "-o, --output" flag: invalid format type`);
}

/** A value as helm prints it in JSON (on one line) or YAML, with its line break. */
export function formatOutput(value: Value, format: 'json' | 'yaml'): string {
  return format === 'json' ? `${encodeJson(value)}\n` : writeYaml(value);
}
