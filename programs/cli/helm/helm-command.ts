import type { Client } from '@croft/client/client';
import type { Terminal } from '../terminal.ts';
import { FlagError, type Flags, type ParsedFlags } from './flags.ts';

/** A client, and the namespace that is meant when none is given. */
export interface ClusterClient extends Client {
  readonly namespace?: string | undefined;
}

export interface HelmInput {
  flags: ParsedFlags;
  terminal: Terminal;
  env: NodeJS.ProcessEnv;
  /** Paths are relative to this folder. */
  folder: string;
  /** Behave as this version of Helm. */
  helmVersion: 3 | 4;
  /** A client of the API that the flags name. Closed when the command has ended. */
  connect(): Promise<ClusterClient>;
  /** From now on an interruption by the user aborts this, instead of ending the process. */
  interruption?: () => AbortSignal;
}

/** One of helm's commands; one file each. */
export interface HelmCommand {
  /** As helm's usage line has it: `template [NAME] [CHART]`. */
  usage: string;
  summary: string;
  flags: Flags;
  /** Gives the exit code, 0 when nothing is given. Throws what is to be said behind `Error: `. */
  run(input: HelmInput): Promise<number | undefined>;
}

/** Throws, in helm's words, when there are not so many arguments. */
export function requireArguments(
  command: HelmCommand,
  positionals: readonly string[],
  least: number,
  most: number,
): void {
  const count = positionals.length;
  if (count >= least && count <= most) return;
  const need = `${least} argument${least === 1 ? '' : 's'}`;
  const problem =
    most === 0 ? 'accepts no arguments' : most === least ? `requires exactly ${need}` : `requires at least ${need}`;
  const name = command.usage.replace(/ [[A-Z].*/, '');
  throw new FlagError(`"helm ${name}" ${problem}\n\nUsage:  helm ${command.usage} [flags]`);
}
