import { UserError } from '@croft/foundation/errors';
import { removeRepository } from '@croft/gitops/git-server/repositories';
import { followedSource } from '@croft/platform/bootstrap';
import { getInstance } from '@croft/platform/instance';
import { catalogName, ownRepositoryUrl, ownSources } from '@croft/platform/own-repositories';
import { instancePaths } from '@croft/platform/paths';
import { readSettingsFile } from '@croft/platform/settings-file';
import type { Command } from '../../command.ts';
import { dataDirOption, readDataDir, readName } from '../../common-options.ts';
import { confirm } from '../../confirm.ts';

export const command: Command = {
  name: 'git remove',
  arguments: 'NAME',
  summary: 'Remove a repository with ALL THAT WAS PUSHED to it',
  examples: ['croft git remove website --yes'],
  options: { ...dataDirOption, yes: { type: 'boolean', help: 'ask nothing' } },
  run: async (input) => {
    const name = readName(input, 'croft git remove NAME');
    const dataDir = readDataDir(input);
    const instance = await getInstance(dataDir);
    const paths = instancePaths(dataDir);
    if (name === catalogName) throw new UserError(`"${name}" is what Croft itself fills: it is not removed`);
    const { url } = followedSource(ownSources(instance), await readSettingsFile(paths.settings));
    if (url === ownRepositoryUrl(instance, name))
      throw new UserError(`the instance follows "${name}": let it follow another first, by croft catalog follow`);
    if (input.options.yes !== true)
      await confirm(`The repository "${name}" and all that was pushed to it will be gone for good.`);
    await removeRepository(paths.git, name);
    input.terminal.say(`Removed the repository "${name}".`);
    return 0;
  },
};
