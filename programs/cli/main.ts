import { parseArgs } from 'node:util';
import { StatusError } from '@croft/api/status';
import { errorMessage, UserError } from '@croft/foundation/errors';
import type { Command, CommandOption } from './command.ts';
import { commands } from './commands.ts';
import { renderHelp, renderOverview } from './help.ts';
import { createTerminal } from './terminal.ts';

const terminal = createTerminal(process.stdout, process.stderr);
process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  const [name = 'help', ...rest] = args;
  if (name === 'help' || name === '--help' || name === '-h') {
    const load = commands[rest[0] ?? ''];
    terminal.print(load === undefined ? await renderOverview(commands) : renderHelp((await load()).command));
    return 0;
  }
  const load = commands[name === '--version' ? 'version' : name];
  if (load === undefined) {
    terminal.say(`croft: there is no command "${name}"; "croft help" lists them`);
    return 2;
  }
  try {
    return await runCommand((await load()).command, rest);
  } catch (error) {
    terminal.say(`croft: ${describeError(error)}`);
    return 1;
  }
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
    terminal.print(renderHelp(command));
    return 0;
  }
  return (await command.run({ options: values, positionals, terminal, env: process.env })) ?? 0;
}

function parse(command: Command, args: string[], options: Record<string, CommandOption>) {
  try {
    const parsed = parseArgs({ args, options, allowPositionals: command.arguments !== undefined });
    return { values: parsed.values as Record<string, string | boolean | undefined>, positionals: parsed.positionals };
  } catch (error) {
    throw new UserError(`${errorMessage(error)} ("croft help ${command.name}" shows what there is)`);
  }
}

/** People's mistakes and refusals of the API as one line; anything else with its stack, for a report. */
function describeError(error: unknown): string {
  if (error instanceof UserError || error instanceof StatusError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
