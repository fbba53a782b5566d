import { parseArgs } from 'node:util';
import { UserError } from '@croft/foundation/errors';
import { type Command, type CommandGroup, type Commands, isGroup } from './command.ts';
import { commands } from './commands.ts';
import { describeUnknown } from './nearest-names.ts';

/** No such command: exit code 2, as shells have it. */
export class UnknownCommandError extends UserError {}

export interface FoundCommand {
  command: Command | CommandGroup;
  /** What was not used to find it. */
  args: string[];
}

/** The command that the arguments name; a group only when it stands alone or help is asked for. Throws UserError. */
export async function findCommand(args: readonly string[]): Promise<FoundCommand> {
  const [name = '', ...rest] = args;
  return await findBelow(await load(commands, name, 'command', 'croft help'), rest);
}

async function findBelow(group: Command | CommandGroup, args: string[]): Promise<FoundCommand> {
  if (!isGroup(group)) return { command: group, args };
  const { tokens } = parseArgs({ args, options: group.options, strict: false, tokens: true });
  const named = tokens.find(({ kind }) => kind === 'positional');
  const asksForHelp = tokens.some((token) => token.kind === 'option' && ['help', 'h'].includes(token.name));
  const name = named === undefined ? group.fallback : args[named.index];
  if (name === undefined || (named === undefined && asksForHelp)) return { command: group, args };
  const command = await load(group.commands, name, `command of croft ${group.name}`, `croft help ${group.name}`);
  return await findBelow(
    command,
    args.filter((_, index) => index !== named?.index),
  );
}

async function load(from: Commands, name: string, what: string, help: string): Promise<Command | CommandGroup> {
  const found = Object.hasOwn(from, name) ? from[name] : undefined;
  if (found === undefined)
    throw new UnknownCommandError(`${describeUnknown(what, name, Object.keys(from))} ("${help}" lists them)`);
  return (await found()).command;
}
