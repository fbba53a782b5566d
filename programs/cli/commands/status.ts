import { hasErrorCode } from '@croft/foundation/errors';
import { type Daemon, findDaemon } from '@croft/platform/daemon';
import { getInstance } from '@croft/platform/instance';
import { type InstanceStatus, readStatus } from '@croft/platform/status';
import type { Command, CommandInput } from '../command.ts';
import { dataDirOption, outputOption, readDataDir, wantsJson } from '../common-options.ts';
import { connect } from '../connection.ts';
import { formatProblem, formatTrouble } from '../problems.ts';
import { formatTable } from '../terminal.ts';

export const command: Command = {
  name: 'status',
  summary: 'Show how the instance and its applications are; exit code 1 when not all is ready',
  examples: ['croft status', 'croft status -o json'],
  options: { ...dataDirOption, ...outputOption },
  run: async (input) => {
    const dataDir = readDataDir(input);
    await getInstance(dataDir);
    const daemon = await findDaemon(dataDir);
    if (daemon === undefined) return printNothing(input, 'Croft is stopped; "croft up" starts it');
    const known = await readKnown(dataDir, daemon);
    if (known === undefined) return printNothing(input, 'Croft is just starting; look again in a moment');
    const status = daemon.ready ? known : asStarting(known);
    input.terminal.print(wantsJson(input) ? JSON.stringify(forPrograms(status), undefined, 2) : forPeople(status));
    return status.ready ? 0 : 1;
  },
};

function printNothing(input: CommandInput, message: string): number {
  input.terminal.print(wantsJson(input) ? JSON.stringify({ ready: false, message, applications: [] }) : message);
  return 1;
}

/** Undefined while the process is there and its API does not answer yet. */
async function readKnown(dataDir: string, daemon: Daemon): Promise<InstanceStatus | undefined> {
  try {
    using connection = await connect(dataDir);
    return await readStatus(connection.client, connection.portSuffix);
  } catch (error) {
    const isAbsent = hasErrorCode(error, 'ECONNREFUSED') || hasErrorCode(error, 'ENOENT');
    if (isAbsent && !daemon.ready) return undefined;
    throw error;
  }
}

/** What runs is looked at only then. */
function asStarting(status: InstanceStatus): InstanceStatus {
  const starting = { message: 'Croft is just starting; this is how things were before', todo: '' };
  return { ...status, ready: false, problems: [starting, ...status.problems] };
}

function forPrograms({ ready, problems, applications }: InstanceStatus) {
  return {
    ready,
    message: problems.map(({ message }) => message).join('; '),
    problems,
    applications: applications
      .filter(({ enabled }) => enabled)
      .map(({ name, namespace, version, state, ready, url, message, todo }) => ({
        name,
        namespace,
        version,
        state,
        ready,
        url,
        message,
        todo,
      })),
  };
}

function forPeople({ ready, problems, applications }: InstanceStatus): string {
  const enabled = applications.filter((application) => application.enabled);
  const rows = enabled.map(({ name, version, state, url }) => [name, version === '' ? '-' : version, state, url]);
  const table =
    rows.length === 0
      ? 'No application is enabled; "croft apps list" shows what there is.'
      : formatTable([['APPLICATION', 'VERSION', 'STATE', 'ADDRESS'], ...rows]);
  const end = ready ? 'All is ready.' : 'Not all is ready.';
  return [...problems.flatMap(formatProblem), table, ...enabled.flatMap(formatTrouble), end].join('\n');
}
