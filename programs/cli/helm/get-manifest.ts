import { globalFlags } from './common-flags.ts';
import { type HelmCommand, requireArguments } from './helm-command.ts';
import { getRelease, revisionFlag } from './read-release.ts';

export const command: HelmCommand = {
  usage: 'get manifest RELEASE_NAME',
  summary: 'download the manifest for a named release',
  flags: { ...globalFlags, ...revisionFlag },
  run: async (input) => {
    requireArguments(command, input.flags.positionals, 1, 1);
    const { record } = await getRelease(input);
    input.terminal.print(record.manifest);
    return 0;
  },
};
