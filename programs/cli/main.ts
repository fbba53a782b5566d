import { parseArgs } from 'node:util';
import { StatusError } from '@croft/api/status';
import { errorMessage, UserError } from '@croft/foundation/errors';
import { type Command, type CommandOption, isGroup } from './command.ts';
import { commands } from './commands.ts';
import { findCommand, UnknownCommandError } from './find-command.ts';
import { renderHelp, renderOverview } from './help.ts';
import { createTerminal } from './terminal.ts';

const terminal = createTerminal(process.stdout, process.stderr);
process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  const [name = 'help', ...rest] = args;
  try {
    if (name === 'help' || name === '--help' || name === '-h') return await help(rest);
    const { command, args: left } = await findCommand(name === '--version' ? ['version', ...rest] : args);
    if (!isGroup(command)) return await runCommand(command, left);
    terminal.print(await renderHelp(command));
    return 0;
  } catch (error) {
    terminal.say(`croft: ${describeError(error)}`);
    return error instanceof UnknownCommandError ? 2 : 1;
  }
}

async function help(names: string[]): Promise<number> {
  if (names.length === 0) terminal.print(await renderOverview(commands));
  else terminal.print(await renderHelp((await findCommand([...names, '--help'])).command));
  return 0;
}

async function runCommand(command: Command, args: string[]): Promise<number> {
  if (command.readsArguments === true) {
    return (await command.run({ options: {}, positionals: args, terminal, env: process.env })) ?? 0;
  }
  const options: Record<string, CommandOption> = {
    ...command.options,
    help: { type: 'boolean', short: 'h', help: 'show this help' },
  };
  const { values, positionals } = parse(command, args, options);
  if (values.help === true) {
    terminal.print(await renderHelp(command));
    return 0;
  }
  return (await command.run({ options: values, positionals, terminal, env: process.env })) ?? 0;
}

function parse(command: Command, args: string[], options: Record<string, CommandOption>) {
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: command.arguments !== undefined });
    return { values: values as Record<string, string | boolean | string[] | undefined>, positionals };
  } catch (error) {
    throw new UserError(`${errorMessage(error)} ("croft help ${command.name}" shows what there is)`);
  }
}

/** People's mistakes and refusals of the API as one line; anything else with its stack, for a report. */
function describeError(error: unknown): string {
  if (error instanceof UserError || error instanceof StatusError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
