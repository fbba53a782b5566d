import type { Command } from './command.ts';
import type { commands } from './commands.ts';
import { formatTable } from './terminal.ts';

export function renderHelp({ name, arguments: positionals, summary, options = {} }: Command): string {
  const rows = Object.entries(options).map(([option, { short, value, help }]) => [
    `  ${short === undefined ? '' : `-${short}, `}--${option}${value === undefined ? '' : ` ${value}`}`,
    help,
  ]);
  const usage = ['croft', name, positionals, rows.length > 0 ? '[options]' : undefined].filter(Boolean).join(' ');
  return [`${summary}\n`, `Usage: ${usage}`, ...(rows.length > 0 ? [`\nOptions:\n${formatTable(rows)}`] : [])].join(
    '\n',
  );
}

export async function renderOverview(all: typeof commands): Promise<string> {
  const loaded = await Promise.all(Object.values(all).map(async (load) => (await load()).command));
  const rows = loaded.filter(({ hidden }) => !hidden).map(({ name, summary }) => [`  ${name}`, summary]);
  return `Croft runs an organisation's own web applications on this machine.\n\nUsage: croft COMMAND [options]\n\nCommands:\n${formatTable(rows)}\n\n"croft help COMMAND" says more.`;
}
