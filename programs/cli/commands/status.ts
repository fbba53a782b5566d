import { findDaemon } from '@croft/platform/daemon';
import { getInstance } from '@croft/platform/instance';
import { type InstanceStatus, readStatus } from '@croft/platform/status';
import type { Command } from '../command.ts';
import { dataDirOption, outputOption, readDataDir, wantsJson } from '../common-options.ts';
import { connect } from '../connection.ts';
import { formatProblem } from '../problems.ts';
import { formatTable } from '../terminal.ts';

export const command: Command = {
  name: 'status',
  summary: 'Show how the instance and its applications are; exit code 1 when not all is ready',
  examples: ['croft status', 'croft status -o json'],
  options: { ...dataDirOption, ...outputOption },
  run: async (input) => {
    const dataDir = readDataDir(input);
    await getInstance(dataDir);
    if ((await findDaemon(dataDir)) === undefined) {
      const message = 'Croft is stopped; "croft up" starts it';
      input.terminal.print(wantsJson(input) ? JSON.stringify({ ready: false, message, applications: [] }) : message);
      return 1;
    }
    using connection = await connect(dataDir);
    const status = await readStatus(connection.client, connection.portSuffix);
    input.terminal.print(wantsJson(input) ? JSON.stringify(forPrograms(status), undefined, 2) : forPeople(status));
    return status.ready ? 0 : 1;
  },
};

function forPrograms({ ready, problems, applications }: InstanceStatus) {
  return {
    ready,
    message: problems.map(({ message }) => message).join('; '),
    problems,
    applications: applications
      .filter(({ enabled }) => enabled)
      .map(({ name, namespace, version, ready, url, message, todo }) => ({
        name,
        namespace,
        version,
        ready,
        url,
        message,
        todo,
      })),
  };
}

function forPeople({ ready, problems, applications }: InstanceStatus): string {
  const enabled = applications.filter((application) => application.enabled);
  const rows = enabled.map(({ name, version, ready, url, message }) => [
    name,
    version,
    ready ? 'ready' : 'not ready',
    url,
    firstLine(message),
  ]);
  const table =
    rows.length === 0
      ? 'No application is enabled; "croft apps list" shows what there is.'
      : formatTable([['APPLICATION', 'VERSION', 'STATE', 'ADDRESS', 'MESSAGE'], ...rows]);
  const todos = enabled.filter(({ todo }) => todo !== '').map(({ name, todo }) => `To do for ${name}: ${todo}`);
  const end = ready ? 'All is ready.' : 'Not all is ready.';
  return [...problems.flatMap(formatProblem), table, ...todos, end].join('\n');
}

function firstLine(text: string): string {
  return text.split('\n')[0]?.slice(0, 160) ?? '';
}
