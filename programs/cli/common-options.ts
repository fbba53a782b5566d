import { resolve } from 'node:path';
import { UserError } from '@croft/foundation/errors';
import { defaultDataDir } from '@croft/platform/paths';
import type { CommandInput, CommandOption } from './command.ts';

export const dataDirOption: Record<string, CommandOption> = {
  'data-dir': { type: 'string', value: 'DIR', help: 'where the instance keeps its state (/var/lib/croft for root)' },
};

export const outputOption: Record<string, CommandOption> = {
  output: { type: 'string', short: 'o', value: 'FORMAT', help: '"json" for programs' },
};

const defaultWaitMinutes = 20;

export const timeoutOption: Record<string, CommandOption> = {
  timeout: { type: 'string', value: 'MINUTES', help: `how long to wait for the end (${defaultWaitMinutes})` },
};

export const noWaitOption: Record<string, CommandOption> = {
  'no-wait': { type: 'boolean', help: 'do not follow the change to its end' },
};

/** Throws UserError. */
export function readTimeoutMs({ options }: CommandInput): number {
  const minutes = Number(options.timeout ?? defaultWaitMinutes);
  if (!(minutes > 0)) throw new UserError('--timeout: a number of minutes is expected');
  return minutes * 60_000;
}

export function readDataDir({ options, env }: CommandInput): string {
  const given = options['data-dir'] ?? env.CROFT_DATA_DIR;
  return resolve(typeof given === 'string' && given !== '' ? given : defaultDataDir(env, process.getuid?.() ?? 0));
}

export function wantsJson({ options }: CommandInput): boolean {
  const format = options.output;
  if (format === undefined) return false;
  if (format !== 'json') throw new UserError(`-o ${format}: only "json" is known`);
  return true;
}

/** A port from a flag; undefined when it is not given. Throws UserError. */
export function readPort({ options }: CommandInput, name: string): number | undefined {
  const text = options[name];
  if (typeof text !== 'string') return undefined;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65535)
    throw new UserError(`--${name} ${text}: a port from 1 to 65535 is expected`);
  return port;
}

export function readText({ options }: CommandInput, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}

/** The one name that is expected behind a command; `usage` says how it is typed. Throws UserError. */
export function readName({ positionals }: CommandInput, usage: string): string {
  const [name, ...rest] = positionals;
  if (name === undefined || rest.length > 0) throw new UserError(`one name is expected: ${usage}`);
  return name;
}
