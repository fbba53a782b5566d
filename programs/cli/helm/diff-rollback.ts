import { previewRollback } from '@croft/release/preview';
import { serverSideFlags } from './action-flags.ts';
import { globalFlags } from './common-flags.ts';
import { type HelmCommand, requireArguments } from './helm-command.ts';
import { diffFlags, printChanges, printManifestDiff, renderedFlag } from './print-diff.ts';
import { getRevision } from './read-release.ts';
import { openSession } from './release-context.ts';
import { readRevision, rollbackWays } from './rollback.ts';

export const command: HelmCommand = {
  usage: 'diff rollback <RELEASE> [REVISION]',
  summary: 'show what a rollback would change of the live objects',
  flags: {
    ...globalFlags,
    ...serverSideFlags,
    ...diffFlags,
    ...renderedFlag,
    force: { type: 'bool', help: 'replace objects instead of changing them' },
  },
  run: async (input) => {
    const { flags } = input;
    requireArguments(command, flags.positionals, 1, 2);
    const [name = '', revision] = flags.positionals;
    const session = await openSession(input);
    const newest = await getRevision(session, name, 0);
    const toRevision = revision === undefined ? newest.version - 1 : readRevision(revision);
    if (flags.has('rendered')) {
      return printManifestDiff(input, newest.manifest, (await getRevision(session, name, toRevision)).manifest);
    }
    const options = { ...rollbackWays(flags), release: session.nameOf(name), toRevision, timeoutMs: 0, wait: false };
    return printChanges(input, await previewRollback(session.context, options));
  },
};
