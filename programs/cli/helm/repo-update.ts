import { readRepositories } from '@croft/repository/local/repositories-file';
import { updateIndexes } from '@croft/repository/local/update-indexes';
import { globalFlags } from './common-flags.ts';
import type { HelmCommand } from './helm-command.ts';
import { localContext } from './local-context.ts';

export const command: HelmCommand = {
  usage: 'repo update [REPO1 [REPO2 ...]]',
  summary: 'update information of available charts locally from chart repositories',
  flags: {
    ...globalFlags,
    'fail-on-repo-update-fail': { type: 'bool', help: 'fail if any of the repositories cannot be updated' },
  },
  run: async (input) => {
    const { flags, terminal } = input;
    const context = localContext(input);
    const all = (await readRepositories(context.settings.repositoryConfig))?.repositories ?? [];
    if (all.length === 0) throw new Error('no repositories found. You must add one before updating');
    const wanted = flags.positionals;
    const unknown = wanted.find((name) => !all.some((entry) => entry.name === name));
    if (unknown !== undefined) {
      throw new Error(`no repositories found matching '${unknown}'.  Nothing will be updated`);
    }
    terminal.print('Hang tight while we grab the latest from your chart repositories...');
    const chosen = all.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
    const failed = await updateIndexes(chosen, terminal.print, context);
    if (failed.length > 0 && flags.has('fail-on-repo-update-fail')) {
      throw new Error(`Failed to update the following repositories: [${failed.join(' ')}]`);
    }
    terminal.print('Update Complete. ⎈Happy Helming!⎈');
    return 0;
  },
};
