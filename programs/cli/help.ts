import { type Command, type CommandGroup, type CommandOption, type Commands, isGroup } from './command.ts';
import { formatTable } from './terminal.ts';

export async function renderHelp(command: Command | CommandGroup): Promise<string> {
  const { name, summary, options = {}, examples } = command;
  const rest = isGroup(command) ? 'COMMAND' : command.arguments;
  const flags = Object.keys(options).length > 0 && rest !== '[flags]' ? '[options]' : undefined;
  return [
    summary,
    `Usage: ${['croft', name, rest, flags].filter(Boolean).join(' ')}`,
    ...(isGroup(command) ? [`Commands:\n${await renderCommands(command.commands)}`] : []),
    ...renderOptions(options),
    ...(examples.length === 0 ? [] : [`Examples:\n${examples.map((example) => `  ${example}`).join('\n')}`]),
    ...(isGroup(command) ? [`"croft help ${name} COMMAND" says more.`] : []),
  ].join('\n\n');
}

export async function renderOverview(all: Commands): Promise<string> {
  return [
    "Croft runs an organisation's own web applications on this machine.",
    'Usage: croft COMMAND [options]',
    `Commands:\n${await renderCommands(all)}`,
    '"croft help COMMAND" says more.',
  ].join('\n\n');
}

async function renderCommands(all: Commands): Promise<string> {
  const loaded = await Promise.all(Object.values(all).map(async (load) => (await load()).command));
  const shown = loaded.filter((command) => isGroup(command) || !command.hidden);
  return formatTable(shown.map(({ name, summary }) => [`  ${name.split(' ').at(-1)}`, summary]));
}

function renderOptions(options: Record<string, CommandOption>): string[] {
  const rows = Object.entries(options).map(([option, { short, value, help }]) => [
    `  ${short === undefined ? '' : `-${short}, `}--${option}${value === undefined ? '' : ` ${value}`}`,
    help,
  ]);
  return rows.length === 0 ? [] : [`Options:\n${formatTable(rows)}`];
}
