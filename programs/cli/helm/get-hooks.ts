import { globalFlags } from './common-flags.ts';
import { type HelmCommand, requireArguments } from './helm-command.ts';
import { getRelease, revisionFlag } from './read-release.ts';

export const command: HelmCommand = {
  usage: 'get hooks RELEASE_NAME',
  summary: 'download all hooks for a named release',
  flags: { ...globalFlags, ...revisionFlag },
  run: async (input) => {
    requireArguments(command, input.flags.positionals, 1, 1);
    const { record } = await getRelease(input);
    for (const { path, manifest } of record.hooks) input.terminal.print(`---\n# Source: ${path}\n${manifest}`);
    return 0;
  },
};
