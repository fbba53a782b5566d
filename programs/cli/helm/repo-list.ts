import { readRepositories } from '@croft/repository/local/repositories-file';
import { globalFlags } from './common-flags.ts';
import { type HelmCommand, requireArguments } from './helm-command.ts';
import { localContext } from './local-context.ts';
import { outputFlag, outputFormat, printOutput } from './print-output.ts';
import { renderTable } from './table.ts';

export const command: HelmCommand = {
  usage: 'repo list',
  summary: 'list chart repositories',
  flags: { ...globalFlags, ...outputFlag },
  run: async (input) => {
    const { flags } = input;
    requireArguments(command, flags.positionals, 0, 0);
    const entries = (await readRepositories(localContext(input).settings.repositoryConfig))?.repositories ?? [];
    if (entries.length === 0 && outputFormat(flags) === 'table') throw new Error('no repositories to show');
    const list = entries.map(({ name, url }) => ({ name, url }));
    printOutput(input, list, () => {
      const rows = [['NAME', 'URL'], ...entries.map(({ name, url }) => [name, url])];
      return `${renderTable(rows, Number.POSITIVE_INFINITY)}\n`;
    });
    return 0;
  },
};
