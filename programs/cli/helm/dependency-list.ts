import { join } from 'node:path';
import { listDependencies } from '@croft/repository/dependencies/list-dependencies';
import { atFolder, globalFlags } from './common-flags.ts';
import { type HelmCommand, requireArguments } from './helm-command.ts';
import { renderTable } from './table.ts';

export const command: HelmCommand = {
  usage: 'dependency list CHART',
  summary: 'list the dependencies for the given chart',
  flags: {
    ...globalFlags,
    'max-col-width': { type: 'text', value: 'NUMBER', help: 'maximum column width of the table (80)' },
  },
  run: async ({ flags, folder, terminal }) => {
    requireArguments(command, flags.positionals, 0, 1);
    const path = flags.positionals[0] ?? '.';
    const { dependencies, warnings } = await listDependencies(atFolder(folder, path));
    if (dependencies === undefined) {
      terminal.print(`WARNING: no dependencies at ${join(path, 'charts')}`);
      return 0;
    }
    const rows = dependencies.map(({ name, version, repository, status }) => [name, version, repository, status]);
    const width = Number(flags.text('max-col-width') || '80');
    terminal.print(`${renderTable([['NAME', 'VERSION', 'REPOSITORY', 'STATUS'], ...rows], width)}\n`);
    for (const warning of warnings) terminal.print(warning);
    return 0;
  },
};
