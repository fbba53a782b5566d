import { removeIndex } from '@croft/repository/local/cached-index';
import { readRepositories, writeRepositories } from '@croft/repository/local/repositories-file';
import { globalFlags } from './common-flags.ts';
import { type HelmCommand, requireArguments } from './helm-command.ts';
import { localContext } from './local-context.ts';

export const command: HelmCommand = {
  usage: 'repo remove [REPO1 [REPO2 ...]]',
  summary: 'remove one or more chart repositories',
  flags: globalFlags,
  run: async (input) => {
    const { flags, terminal } = input;
    requireArguments(command, flags.positionals, 1, Number.POSITIVE_INFINITY);
    const context = localContext(input);
    const path = context.settings.repositoryConfig;
    const file = await readRepositories(path);
    if (file === undefined || file.repositories.length === 0) throw new Error('no repositories configured');
    for (const name of flags.positionals) {
      const left = file.repositories.filter((entry) => entry.name !== name);
      if (left.length === file.repositories.length) throw new Error(`no repo named "${name}" found`);
      file.repositories = left;
      await writeRepositories(path, file);
      await removeIndex(name, context);
      terminal.print(`"${name}" has been removed from your repositories`);
    }
    return 0;
  },
};
