import type { ParseArgsOptionDescriptor } from 'node:util';
import type { Terminal } from './terminal.ts';

export interface CommandOption extends ParseArgsOptionDescriptor {
  help: string;
  /** Stands for the value in the help text. */
  value?: string;
}

export interface CommandInput {
  /** A list for an option that may be given several times. */
  options: Record<string, string | boolean | string[] | undefined>;
  positionals: string[];
  terminal: Terminal;
  env: NodeJS.ProcessEnv;
}

/** One command; one file each in `commands/`. */
export interface Command {
  /** As it is typed behind `croft`: `up`, `apps enable`. */
  name: string;
  /** What stands behind the name in the usage line. */
  arguments?: string;
  summary: string;
  /** Command lines as a person types them. */
  examples: readonly string[];
  options?: Record<string, CommandOption>;
  /** Takes all that stands behind its name as positionals, flags too, and says itself what is wrong with them. */
  readsArguments?: boolean;
  /** Not shown in the list of commands. */
  hidden?: boolean;
  /** Gives the exit code; 0 when nothing is given. Throws UserError for what a person can mend. */
  run(input: CommandInput): Promise<number | undefined>;
}

/** Several commands below one name, such as `croft apps enable`. */
export interface CommandGroup {
  name: string;
  summary: string;
  examples: readonly string[];
  /** Options of all its commands: these may also stand before the command's name. */
  options: Record<string, CommandOption>;
  /** The command that is meant when none is named. */
  fallback?: string;
  commands: Commands;
}

/** Commands by their names, loaded only when they are called. */
export type Commands = Readonly<Record<string, () => Promise<{ command: Command | CommandGroup }>>>;

export function isGroup(command: Command | CommandGroup): command is CommandGroup {
  return 'commands' in command;
}
