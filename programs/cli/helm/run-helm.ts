import { errorMessage } from '@croft/foundation/errors';
import { formatTable, type Terminal } from '../terminal.ts';
import { helmCommands } from './commands.ts';
import { globalFlags } from './common-flags.ts';
import { type Flags, type ParsedFlags, parseFlags } from './flags.ts';
import type { ClusterClient, HelmCommand } from './helm-command.ts';

export interface HelmContext {
  terminal: Terminal;
  /** `CROFT_HELM_VERSION=4` in it asks for the behaviour of Helm 4. */
  env: NodeJS.ProcessEnv;
  folder: string;
  /** Reaches the API; by kubeconfig when left out. */
  connect?: (flags: ParsedFlags) => Promise<ClusterClient>;
  /** Once called, an interruption by the user aborts this, instead of ending the process. */
  interruption?: () => AbortSignal;
}

/** Runs a command line of helm, without its first word. Gives the exit code; errors are told as helm tells them. */
export async function runHelm(args: readonly string[], context: HelmContext): Promise<number> {
  const { terminal } = context;
  try {
    const { name, rest } = takeCommand(args);
    if (name === undefined || name === 'help') {
      terminal.print(await renderHelp(takeCommand(rest).name));
      return 0;
    }
    const load = helmCommands[name];
    if (load === undefined) throw describeUnknown(name, rest);
    if (rest.includes('--help') || rest.includes('-h')) {
      terminal.print(await renderHelp(name));
      return 0;
    }
    return await runCommand((await load()).command, rest, context);
  } catch (error) {
    for (const advice of advicesOf(error)) terminal.say(advice);
    terminal.say(`Error: ${errorMessage(error)}`);
    return 1;
  }
}

async function runCommand(command: HelmCommand, rest: readonly string[], context: HelmContext): Promise<number> {
  const helmVersion = context.env.CROFT_HELM_VERSION === '4' ? 4 : 3;
  const flags = parseFlags(rest, flagsOf(command, helmVersion));
  using stack = new DisposableStack();
  const connect = async () => {
    if (context.connect !== undefined) return await context.connect(flags);
    const { connectByKubeconfig } = await import('./connect.ts');
    return stack.use(await connectByKubeconfig(flags, context));
  };
  return (await command.run({ ...context, flags, helmVersion, connect })) ?? 0;
}

/** The flags that a version of Helm knows. */
function flagsOf({ flags }: HelmCommand, helmVersion: 3 | 4): Flags {
  return Object.fromEntries(Object.entries(flags).filter(([, { only = helmVersion }]) => only === helmVersion));
}

/** What the errors on the way say can be done. */
function advicesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const advice = 'advice' in error && typeof error.advice === 'string' ? [error.advice] : [];
  return [...advice, ...advicesOf(error.cause)];
}

const aliases: Readonly<Record<string, string>> = {
  inspect: 'show',
  fetch: 'pull',
  dep: 'dependency',
  dependencies: 'dependency',
  'dependency ls': 'dependency list',
  'dependency up': 'dependency update',
  'repo ls': 'repo list',
  'repo rm': 'repo remove',
  'repo up': 'repo update',
  del: 'uninstall',
  delete: 'uninstall',
  un: 'uninstall',
  hist: 'history',
  ls: 'list',
};

/** The name of the command, of one word or two, which may stand behind flags of all commands. */
function takeCommand(args: readonly string[]): { name: string | undefined; rest: string[] } {
  const at = skipFlags(args, 0);
  const word = args[at];
  if (word === undefined) return { name: undefined, rest: [...args] };
  const name = aliases[word] ?? word;
  const next = skipFlags(args, at + 1);
  const pair = `${name} ${args[next]}`;
  const full = aliases[pair] ?? pair;
  const isPair = helmCommands[full] !== undefined;
  const rest = args.filter((_, i) => i !== at && !(isPair && i === next));
  return { name: isPair ? full : name, rest };
}

/** Where the first word stands that is neither a flag of all commands nor its value. */
function skipFlags(args: readonly string[], start: number): number {
  let at = start;
  while (args[at]?.startsWith('-')) {
    const flag = args[at] ?? '';
    const [, one] =
      Object.entries(globalFlags).find(([name, { short }]) => flag === `--${name}` || flag === `-${short}`) ?? [];
    at += one === undefined || one.type === 'bool' ? 1 : 2;
  }
  return at;
}

/** What is said of a name that is no command: those that begin with it, if there are any. */
function describeUnknown(name: string, rest: readonly string[]): Error {
  const below = Object.keys(helmCommands).filter((key) => key.startsWith(`${name} `));
  const wanted = below.length === 0 ? name : [name, rest.find((word) => !word.startsWith('-')) ?? ''].join(' ').trim();
  const known = below.length === 0 ? '"croft helm help" lists those that are here' : `there are ${below.join(', ')}`;
  return new Error(`unknown command ${JSON.stringify(wanted)} for "croft helm"; ${known}`);
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
