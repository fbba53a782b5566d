import { keyOf } from '@croft/api/object';
import { systemClock } from '@croft/foundation/clock';
import { UserError } from '@croft/foundation/errors';
import type { Command, CommandInput } from '../command.ts';
import {
  dataDirOption,
  outputOption,
  readDataDir,
  readText,
  readTimeoutMs,
  timeoutOption,
  wantsJson,
} from '../common-options.ts';
import { connect } from '../connection.ts';
import { forceAtAnnotation, resetAtAnnotation, type SyncContext, type SyncOutcome } from '../sync/reconcile-now.ts';
import { getTarget, type SyncScope, syncStages } from '../sync/sync-stages.ts';
import { revisionOf } from '../sync/synced-object.ts';

export const command: Command = {
  name: 'sync',
  arguments: '[KIND NAME]',
  summary: 'Read the prescriptions from git again now, apply them, and follow that to the end',
  examples: [
    'croft sync',
    'croft sync kustomization catalog',
    'croft sync helmrelease wordpress --force',
    'croft sync helmrelease wordpress -n apps --reset',
  ],
  options: {
    ...dataDirOption,
    ...outputOption,
    ...timeoutOption,
    namespace: { type: 'string', short: 'n', value: 'NAME', help: 'where the object is, if several have its name' },
    force: { type: 'boolean', help: 'upgrade the named HelmRelease once even if nothing has changed' },
    reset: { type: 'boolean', help: 'forget the failures of the named HelmRelease, so that it is tried again' },
  },
  run: async (input) => {
    using connection = await connect(readDataDir(input));
    const { client } = connection;
    const deadlineMs = systemClock.now() + readTimeoutMs(input);
    const context: SyncContext = { client, clock: systemClock, deadlineMs, say: input.terminal.say };
    const outcomes = await syncStages(context, await readScope(input, context));
    if (wantsJson(input)) input.terminal.print(JSON.stringify(outcomes.map(forPrograms), undefined, 2));
    const failures = outcomes.filter(({ ready }) => !ready);
    if (failures.length === 0) input.terminal.say('All that is prescribed is applied.');
    return failures.length === 0 ? 0 : 1;
  },
};

async function readScope(input: CommandInput, { client }: SyncContext): Promise<SyncScope> {
  const [kind, name, ...rest] = input.positionals;
  const marks = [
    ...(input.options.force === true ? [forceAtAnnotation] : []),
    ...(input.options.reset === true ? [resetAtAnnotation] : []),
  ];
  if (kind === undefined) {
    if (marks.length > 0) throw new UserError('--force and --reset need a HelmRelease: croft sync helmrelease NAME');
    return {};
  }
  if (name === undefined || rest.length > 0)
    throw new UserError('a kind and one name are expected, such as: croft sync helmrelease wordpress');
  const named = await getTarget(client, kind, name, readText(input, 'namespace'));
  if (marks.length > 0 && named.kind.kind !== 'HelmRelease')
    throw new UserError(`--force and --reset are for HelmReleases, not for a ${named.kind.kind}`);
  return { named, marks };
}

function forPrograms({ target: { kind, object }, ready, message }: SyncOutcome) {
  return { kind: kind.kind, ...keyOf(object), ready, revision: revisionOf(object), message };
}
