import { globalFlags } from './common-flags.ts';
import { type HelmCommand, requireArguments } from './helm-command.ts';
import { getRelease, revisionFlag } from './read-release.ts';

export const command: HelmCommand = {
  usage: 'get notes RELEASE_NAME',
  summary: 'download the notes for a named release',
  flags: { ...globalFlags, ...revisionFlag },
  run: async (input) => {
    requireArguments(command, input.flags.positionals, 1, 1);
    const { record } = await getRelease(input);
    const { notes = '' } = record.info;
    if (notes !== '') input.terminal.print(`NOTES:\n${notes}`);
    return 0;
  },
};
