import type { ParseArgsOptionDescriptor } from 'node:util';
import type { Terminal } from './terminal.ts';

export interface CommandOption extends ParseArgsOptionDescriptor {
  help: string;
  /** Stands for the value in the help text. */
  value?: string;
}

export interface CommandInput {
  options: Record<string, string | boolean | undefined>;
  positionals: string[];
  terminal: Terminal;
  env: NodeJS.ProcessEnv;
}

/** One command; one file each in `commands/`. */
export interface Command {
  name: string;
  /** What stands behind the name in the usage line. */
  arguments?: string;
  summary: string;
  options?: Record<string, CommandOption>;
  /** Takes all that stands behind its name as positionals, flags too, and says itself what is wrong with them. */
  readsArguments?: boolean;
  /** Not shown in the list of commands. */
  hidden?: boolean;
  /** Gives the exit code; 0 when nothing is given. Throws UserError for what a person can mend. */
  run(input: CommandInput): Promise<number | undefined>;
}
