import type { ApplicationStatus } from '@croft/platform/application-status';
import { readStatus } from '@croft/platform/status';
import { forPrograms } from '../../apps/change-application.ts';
import type { Command } from '../../command.ts';
import { dataDirOption, outputOption, readDataDir, wantsJson } from '../../common-options.ts';
import { connect } from '../../connection.ts';
import { formatTrouble } from '../../problems.ts';
import { formatTable } from '../../terminal.ts';

export const command: Command = {
  name: 'apps list',
  summary: 'List the applications of the followed repository: what can be installed, what is, and what to do',
  examples: ['croft apps list', 'croft apps list -o json'],
  options: { ...dataDirOption, ...outputOption },
  run: async (input) => {
    using connection = await connect(readDataDir(input));
    const { applications } = await readStatus(connection.client, connection.portSuffix);
    const text = wantsJson(input)
      ? JSON.stringify(applications.map(forPrograms), undefined, 2)
      : formatApplications(applications);
    input.terminal.print(text);
    return 0;
  },
};

function formatApplications(applications: readonly ApplicationStatus[]): string {
  if (applications.length === 0)
    return 'The followed repository holds no application yet; "croft status" says how it is, "croft sync" reads it again.';
  const rows = applications.map(({ name, namespace, state, version, available, description }) => [
    name,
    namespace,
    state,
    version === '' ? '-' : version,
    available === '' ? '-' : available,
    description,
  ]);
  const table = formatTable([['NAME', 'NAMESPACE', 'STATE', 'INSTALLED', 'PRESCRIBED', 'WHAT IT IS'], ...rows]);
  return [table, ...applications.flatMap(formatTrouble)].join('\n');
}
