import { globalFlags } from './common-flags.ts';
import { type HelmCommand, requireArguments } from './helm-command.ts';
import { diffFlags, printManifestDiff } from './print-diff.ts';
import { getRevision } from './read-release.ts';
import { openSession } from './release-context.ts';

export const command: HelmCommand = {
  usage: 'diff release [RELEASE] [RELEASE]',
  summary: 'show how the manifests of two releases differ',
  flags: { ...globalFlags, ...diffFlags },
  run: async (input) => {
    const { positionals } = input.flags;
    requireArguments(command, positionals, 2, 2);
    const [one = '', other = ''] = positionals;
    const session = await openSession(input);
    const before = await getRevision(session, one, 0);
    const after = await getRevision(session, other, 0);
    return printManifestDiff(input, before.manifest, after.manifest);
  },
};
