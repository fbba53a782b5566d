import { rollbackRelease } from '@croft/release/rollback';
import { actionOptions, readServerSide, serverSideFlags, waitFlags } from './action-flags.ts';
import { globalFlags } from './common-flags.ts';
import { readDryRun } from './deploy-flags.ts';
import { checkNumber, type ParsedFlags } from './flags.ts';
import { type HelmCommand, requireArguments } from './helm-command.ts';
import { openSession } from './release-context.ts';
import { readMaxHistory } from './upgrade.ts';

export const command: HelmCommand = {
  usage: 'rollback <RELEASE> [REVISION]',
  summary: 'roll back a release to a previous revision',
  flags: {
    ...globalFlags,
    ...waitFlags,
    ...serverSideFlags,
    'dry-run': { type: 'text', bare: 'client', help: 'change nothing' },
    force: { type: 'bool', help: 'replace objects instead of changing them' },
    'no-hooks': { type: 'bool', help: 'run no hooks' },
    'cleanup-on-fail': { type: 'bool', help: 'delete new objects when the rollback fails' },
    'history-max': {
      type: 'text',
      value: 'NUMBER',
      check: checkNumber,
      help: 'most revisions that are kept; 0 for no limit (10)',
    },
    'recreate-pods': { type: 'bool', only: 3, help: 'of no effect; deprecated' },
  },
  run: async (input) => {
    const { flags, terminal, helmVersion } = input;
    requireArguments(command, flags.positionals, 1, Number.POSITIVE_INFINITY);
    const [name = '', revision] = flags.positionals;
    const toRevision = revision === undefined ? undefined : readRevision(revision);
    const { context, nameOf } = await openSession(input);
    await rollbackRelease(context, {
      ...actionOptions(input),
      release: nameOf(name),
      ...(toRevision === undefined ? {} : { toRevision }),
      maxHistory: readMaxHistory(input),
      ...rollbackWays(flags),
      cleanupOnFail: flags.has('cleanup-on-fail'),
      dryRun: readDryRun(flags, helmVersion) !== undefined,
    });
    terminal.print('Rollback was a success! Happy Helming!');
    return 0;
  },
};

/** How a rollback writes objects. */
export function rollbackWays(flags: ParsedFlags) {
  const serverSide = readServerSide(flags);
  return {
    force: flags.has('force') || flags.has('force-replace'),
    forceConflicts: flags.has('force-conflicts'),
    ...(serverSide === undefined ? {} : { serverSide }),
  };
}

/** A revision's number. Throws, in helm's words, when it is none. */
export function readRevision(text: string): number {
  if (/^[-+]?\d+$/.test(text)) return Number(text);
  const shown = JSON.stringify(text);
  throw new Error(`could not convert revision to a number: strconv.Atoi: parsing ${shown}: invalid syntax`);
}
