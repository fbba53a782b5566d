import { errorMessage } from '@croft/foundation/errors';
import { formatTable, type Terminal } from '../terminal.ts';
import { helmCommands } from './commands.ts';
import { parseFlags } from './flags.ts';
import type { HelmCommand } from './helm-command.ts';

export interface HelmContext {
  terminal: Terminal;
  env: NodeJS.ProcessEnv;
  folder: string;
}

/** Runs a command line of helm, without its first word. Gives the exit code; errors are told as helm tells them. */
export async function runHelm(args: readonly string[], context: HelmContext): Promise<number> {
  const { terminal } = context;
  try {
    const { name, rest } = takeCommand(args);
    if (name === undefined || name === 'help') {
      terminal.print(await renderHelp(rest[0]));
      return 0;
    }
    const load = helmCommands[name];
    if (load === undefined) {
      throw new Error(
        `unknown command ${JSON.stringify(name)} for "croft helm"; "croft helm help" lists those that are here`,
      );
    }
    if (rest.includes('--help') || rest.includes('-h')) {
      terminal.print(await renderHelp(name));
      return 0;
    }
    const { command } = await load();
    return (await command.run({ ...context, flags: parseFlags(rest, command.flags) })) ?? 0;
  } catch (error) {
    terminal.say(`Error: ${errorMessage(error)}`);
    return 1;
  }
}

const aliases: Readonly<Record<string, string>> = { inspect: 'show' };

/** The name of the command, which may stand behind flags of all commands. */
function takeCommand(args: readonly string[]): { name: string | undefined; rest: string[] } {
  let at = 0;
  while (args[at]?.startsWith('-')) at += args[at] === '-n' || args[at] === '--namespace' ? 2 : 1;
  const name = args[at];
  const rest = [...args.slice(0, at), ...args.slice(at + 1)];
  return { name: name === undefined ? undefined : (aliases[name] ?? name), rest };
}

async function renderHelp(name: string | undefined): Promise<string> {
  const load = helmCommands[name ?? ''];
  if (load !== undefined) return renderCommandHelp((await load()).command);
  const loaded = await Promise.all(
    Object.entries(helmCommands).map(async ([key, one]) => [`  ${key}`, (await one()).command.summary]),
  );
  return `Charts as helm handles them, with its flags and its output.\n\nUsage: croft helm COMMAND [flags]\n\nCommands:\n${formatTable(loaded)}\n\n"croft helm help COMMAND" says more.`;
}

function renderCommandHelp({ usage, summary, flags }: HelmCommand): string {
  const rows = Object.entries(flags).map(([name, { short, value, help }]) => [
    `  ${short === undefined ? '    ' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`,
    help,
  ]);
  return `${summary}\n\nUsage: croft helm ${usage} [flags]\n\nFlags:\n${formatTable(rows)}`;
}
