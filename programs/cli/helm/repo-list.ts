import { readRepositories } from '@croft/repository/local/repositories-file';
import { globalFlags } from './common-flags.ts';
import { type HelmCommand, requireArguments } from './helm-command.ts';
import { localContext } from './local-context.ts';
import { formatOutput, outputFlag, outputFormat } from './output.ts';
import { renderTable } from './table.ts';

export const command: HelmCommand = {
  usage: 'repo list',
  summary: 'list chart repositories',
  flags: { ...globalFlags, ...outputFlag },
  run: async (input) => {
    const { flags, terminal } = input;
    requireArguments(command, flags.positionals, 0, 0);
    const format = outputFormat(flags);
    const entries = (await readRepositories(localContext(input).settings.repositoryConfig))?.repositories ?? [];
    if (format !== 'table') {
      const list = entries.map(
        ({ name, url }) =>
          new Map([
            ['name', name],
            ['url', url],
          ]),
      );
      terminal.write(formatOutput(list, format));
      return 0;
    }
    if (entries.length === 0) throw new Error('no repositories to show');
    terminal.print(
      renderTable([['NAME', 'URL'], ...entries.map(({ name, url }) => [name, url])], Number.POSITIVE_INFINITY),
    );
    return 0;
  },
};
