import { revokeToken } from '@croft/gitops/git-server/tokens';
import { getInstance } from '@croft/platform/instance';
import { instancePaths } from '@croft/platform/paths';
import type { Command } from '../../../command.ts';
import { dataDirOption, readDataDir, readName } from '../../../common-options.ts';

export const command: Command = {
  name: 'git token revoke',
  arguments: 'NAME',
  summary: 'Make a token useless, at once',
  examples: ['croft git token revoke maria'],
  options: dataDirOption,
  run: async (input) => {
    const name = readName(input, 'croft git token revoke NAME');
    const dataDir = readDataDir(input);
    await getInstance(dataDir);
    await revokeToken(instancePaths(dataDir).gitTokens, name);
    input.terminal.say(`The token "${name}" is useless now.`);
    return 0;
  },
};
