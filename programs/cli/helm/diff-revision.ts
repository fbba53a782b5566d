import { globalFlags } from './common-flags.ts';
import { type HelmCommand, requireArguments } from './helm-command.ts';
import { diffFlags, printManifestDiff } from './print-diff.ts';
import { getRevision } from './read-release.ts';
import { openSession } from './release-context.ts';
import { readRevision } from './rollback.ts';

export const command: HelmCommand = {
  usage: 'diff revision [RELEASE] [REVISION] [REVISION]',
  summary: 'show how the manifests of two revisions of a release differ; the newest one when one is left out',
  flags: { ...globalFlags, ...diffFlags },
  run: async (input) => {
    const { positionals } = input.flags;
    requireArguments(command, positionals, 2, 3);
    const [name = '', from = '', to = '0'] = positionals;
    const session = await openSession(input);
    const before = await getRevision(session, name, readRevision(from));
    const after = await getRevision(session, name, readRevision(to));
    return printManifestDiff(input, before.manifest, after.manifest);
  },
};
