import { readTokens } from '@croft/gitops/git-server/tokens';
import { getInstance } from '@croft/platform/instance';
import { instancePaths } from '@croft/platform/paths';
import type { Command } from '../../../command.ts';
import { dataDirOption, outputOption, readDataDir, wantsJson } from '../../../common-options.ts';
import { formatTable } from '../../../terminal.ts';

export const command: Command = {
  name: 'git token list',
  summary: 'List the tokens, without the tokens themselves',
  examples: ['croft git token list'],
  options: { ...dataDirOption, ...outputOption },
  run: async (input) => {
    const dataDir = readDataDir(input);
    await getInstance(dataDir);
    const tokens = await readTokens(instancePaths(dataDir).gitTokens);
    const plain = tokens.map(({ digest: _, ...token }) => token);
    const rows = plain.map(({ name, right, repository = 'all', created }) => [name, right, repository, created]);
    input.terminal.print(
      wantsJson(input)
        ? JSON.stringify(plain, undefined, 2)
        : formatTable([['NAME', 'RIGHT', 'REPOSITORY', 'CREATED'], ...rows]),
    );
    return 0;
  },
};
