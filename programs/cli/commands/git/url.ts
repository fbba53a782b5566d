import { UserError } from '@croft/foundation/errors';
import { listRepositories } from '@croft/gitops/git-server/repositories';
import { getInstance } from '@croft/platform/instance';
import { ownRepositoryUrl } from '@croft/platform/own-repositories';
import { instancePaths } from '@croft/platform/paths';
import type { Command } from '../../command.ts';
import { dataDirOption, readDataDir, readName } from '../../common-options.ts';
import { describeUnknown } from '../../nearest-names.ts';

export const command: Command = {
  name: 'git url',
  arguments: 'NAME',
  summary: 'Print where a repository is, for git clone and git push',
  examples: ['git clone "$(croft git url catalog)"'],
  options: dataDirOption,
  run: async (input) => {
    const name = readName(input, 'croft git url NAME');
    const dataDir = readDataDir(input);
    const instance = await getInstance(dataDir);
    const names = (await listRepositories(instancePaths(dataDir).git)).map((repository) => repository.name);
    if (!names.includes(name)) throw new UserError(describeUnknown('repository', name, names));
    input.terminal.print(ownRepositoryUrl(instance, name));
    return 0;
  },
};
