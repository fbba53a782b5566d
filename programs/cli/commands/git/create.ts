import { createRepository } from '@croft/gitops/git-server/repositories';
import { getInstance } from '@croft/platform/instance';
import { ownRepositoryUrl } from '@croft/platform/own-repositories';
import { instancePaths } from '@croft/platform/paths';
import type { Command } from '../../command.ts';
import { dataDirOption, readDataDir, readName } from '../../common-options.ts';

export const command: Command = {
  name: 'git create',
  arguments: 'NAME',
  summary: 'Make an empty repository that the instance serves',
  examples: ['croft git create website', 'croft git create payroll --private'],
  options: { ...dataDirOption, private: { type: 'boolean', help: 'ask for a token for reading too' } },
  run: async (input) => {
    const name = readName(input, 'croft git create NAME');
    const dataDir = readDataDir(input);
    const instance = await getInstance(dataDir);
    await createRepository(instancePaths(dataDir).git, name, { isPrivate: input.options.private === true });
    input.terminal.print(ownRepositoryUrl(instance, name));
    input.terminal.say('To push, give git any user name and a token as the password: croft git token create YOUR-NAME');
    return 0;
  },
};
