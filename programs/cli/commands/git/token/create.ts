import { formatTime, systemClock } from '@croft/foundation/clock';
import { UserError } from '@croft/foundation/errors';
import { listRepositories } from '@croft/gitops/git-server/repositories';
import { createToken } from '@croft/gitops/git-server/tokens';
import { getInstance } from '@croft/platform/instance';
import { instancePaths } from '@croft/platform/paths';
import type { Command } from '../../../command.ts';
import { dataDirOption, readDataDir, readName, readText } from '../../../common-options.ts';
import { describeUnknown } from '../../../nearest-names.ts';

export const command: Command = {
  name: 'git token create',
  arguments: 'NAME',
  summary: 'Make a token for somebody and print it: the password for git, with any user name',
  examples: ['croft git token create maria', 'croft git token create ci --repository website --read-only'],
  options: {
    ...dataDirOption,
    'read-only': { type: 'boolean', help: 'for reading private repositories, not for pushing' },
    repository: { type: 'string', value: 'REPOSITORY', help: 'for this one only (all)' },
  },
  run: async (input) => {
    const name = readName(input, 'croft git token create NAME, such as that of who gets it');
    const dataDir = readDataDir(input);
    await getInstance(dataDir);
    const paths = instancePaths(dataDir);
    const repository = readText(input, 'repository');
    const names = (await listRepositories(paths.git)).map((served) => served.name);
    if (repository !== undefined && !names.includes(repository))
      throw new UserError(describeUnknown('repository', repository, names));
    const token = await createToken(paths.gitTokens, {
      name,
      right: input.options['read-only'] === true ? 'read' : 'push',
      created: formatTime(systemClock.now()),
      ...(repository === undefined ? {} : { repository }),
    });
    input.terminal.print(token);
    input.terminal.say('It is shown this once and kept nowhere.');
    return 0;
  },
};
