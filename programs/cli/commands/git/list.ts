import { listRepositories } from '@croft/gitops/git-server/repositories';
import { getInstance } from '@croft/platform/instance';
import { ownRepositoryUrl } from '@croft/platform/own-repositories';
import { instancePaths } from '@croft/platform/paths';
import type { Command } from '../../command.ts';
import { dataDirOption, outputOption, readDataDir, wantsJson } from '../../common-options.ts';
import { formatTable } from '../../terminal.ts';

export const command: Command = {
  name: 'git list',
  summary: 'List the repositories that the instance serves',
  examples: ['croft git list', 'croft git list -o json'],
  options: { ...dataDirOption, ...outputOption },
  run: async (input) => {
    const dataDir = readDataDir(input);
    const instance = await getInstance(dataDir);
    const repositories = (await listRepositories(instancePaths(dataDir).git)).map(
      ({ name, branch, head = '', isPrivate }) => ({
        name,
        branch,
        commit: head,
        access: isPrivate ? 'private' : 'readable',
        url: ownRepositoryUrl(instance, name),
      }),
    );
    const rows = repositories.map(({ name, branch, commit, access, url }) => [
      name,
      branch,
      commit === '' ? 'empty' : commit.slice(0, 10),
      access,
      url,
    ]);
    input.terminal.print(
      wantsJson(input)
        ? JSON.stringify(repositories, undefined, 2)
        : formatTable([['NAME', 'BRANCH', 'COMMIT', 'ACCESS', 'URL'], ...rows]),
    );
    return 0;
  },
};
