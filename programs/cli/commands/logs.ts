import { pods } from '@croft/api/kinds';
import type { Stored } from '@croft/api/object';
import type { Pod } from '@croft/api/types';
import { objectPath, queryText } from '@croft/client/paths';
import { readStatusError } from '@croft/client/status-error';
import { UserError } from '@croft/foundation/errors';
import { getInstance } from '@croft/platform/instance';
import { ownLogFiles } from '@croft/platform/own-log';
import type { Command, CommandInput } from '../command.ts';
import { dataDirOption, readDataDir } from '../common-options.ts';
import { type Connection, connect } from '../connection.ts';
import { readLog } from '../follow-log.ts';

export const command: Command = {
  name: 'logs',
  arguments: '[APPLICATION]',
  summary: "Show what an application's containers print; without a name, what Croft itself does",
  examples: ['croft logs wordpress --tail 20', 'croft logs -f'],
  options: {
    ...dataDirOption,
    follow: { type: 'boolean', short: 'f', help: 'go on showing what comes' },
    tail: { type: 'string', value: 'N', help: 'only the last N lines (100)' },
  },
  run: async (input) => {
    const [application] = input.positionals;
    return application === undefined ? await showOwnLog(input) : await showApplication(input, application);
  },
};

function readTail({ options }: CommandInput): number {
  const lines = Number(options.tail ?? 100);
  if (!Number.isInteger(lines) || lines < 0) throw new UserError('--tail: a number of lines is expected');
  return lines;
}

async function showOwnLog(input: CommandInput): Promise<number> {
  const dataDir = readDataDir(input);
  await getInstance(dataDir);
  const stopped = new AbortController();
  process.once('SIGINT', () => stopped.abort());
  const follow = input.options.follow === true ? { follow: stopped.signal } : {};
  const chunks = readLog(ownLogFiles(dataDir), { tail: readTail(input), ...follow });
  for await (const text of chunks) input.terminal.write(text);
  return 0;
}

async function showApplication(input: CommandInput, application: string): Promise<number> {
  using connection = await connect(readDataDir(input));
  const { items } = await connection.client.list(pods, { labelSelector: `app.kubernetes.io/instance=${application}` });
  if (items.length === 0) throw new UserError(`no Pod of "${application}" is there; "croft status" shows what runs`);
  await Promise.all(
    items.flatMap((pod) => containersOf(pod).map((container) => showContainer(input, connection, pod, container))),
  );
  return 0;
}

function containersOf({ spec }: Stored<Pod>): string[] {
  return [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].map(({ name }) => name);
}

async function showContainer(
  input: CommandInput,
  { client, origin }: Connection,
  pod: Stored<Pod>,
  container: string,
): Promise<void> {
  const key = { namespace: pod.metadata.namespace, name: pod.metadata.name };
  const query = queryText({ container, follow: input.options.follow === true, tailLines: readTail(input) });
  const response = await client.fetch(new Request(`${origin}${objectPath(pods, key, 'log')}${query}`));
  const prefix = `[${pod.metadata.name}/${container}]`;
  if (!response.ok) return input.terminal.say(`${prefix} ${(await readStatusError(response)).message}`);
  let rest = '';
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) input.terminal.print(`${prefix} ${line}`);
  }
  if (rest !== '') input.terminal.print(`${prefix} ${rest}`);
}
