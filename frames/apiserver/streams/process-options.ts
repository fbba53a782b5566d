import { badRequest } from '../failures.ts';
import { isTrue } from '../request-info.ts';

/** Which streams of a process a client asks for (PodExecOptions, PodAttachOptions). */
export interface ProcessOptions {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

/** A terminal has no stderr of its own. Throws 400 when no stream is asked for. */
export function parseProcessOptions(query: URLSearchParams): ProcessOptions {
  const asks = (name: string) => isTrue(query.get(name));
  const tty = asks('tty');
  const options = { stdin: asks('stdin'), stdout: asks('stdout'), stderr: asks('stderr') && !tty, tty };
  if (!options.stdin && !options.stdout && !options.stderr) {
    throw badRequest('you must specify at least 1 of stdin, stdout, stderr');
  }
  return options;
}

/** Throws 400 when there is none. */
export function parseCommand(query: URLSearchParams): string[] {
  const command = query.getAll('command');
  if (command.length === 0) throw badRequest('you must specify a command for the container');
  return command;
}
