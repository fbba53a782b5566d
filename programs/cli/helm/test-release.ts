import { errorMessage } from '@croft/foundation/errors';
import { compareStrings } from '@croft/gotemplate/bytes';
import type { ReleaseRecord } from '@croft/helm/release/record';
import { readPodLog } from '@croft/release/hook-logs';
import { testRelease } from '@croft/release/test-release';
import { actionOptions, timeoutFlag } from './action-flags.ts';
import { globalFlags } from './common-flags.ts';
import { type HelmCommand, type HelmInput, requireArguments } from './helm-command.ts';
import { renderRelease } from './print-release.ts';
import { openSession, type ReleaseSession } from './release-context.ts';

export const command: HelmCommand = {
  usage: 'test [RELEASE]',
  summary: 'run tests for a release',
  flags: {
    ...globalFlags,
    ...timeoutFlag,
    logs: { type: 'bool', help: 'show the logs of the test Pods' },
    filter: { type: 'slice', value: 'NAME', help: 'tests by name: name=one,name=two, or !name=one to leave one out' },
    'hide-notes': { type: 'bool', only: 3, help: 'show no notes' },
  },
  run: async (input) => {
    const { flags, terminal, helmVersion } = input;
    requireArguments(command, flags.positionals, 1, 1);
    const filter = readFilter(flags.list('filter'));
    const session = await openSession(input);
    const release = session.nameOf(flags.positionals[0] ?? '');
    const hideNotes = helmVersion === 4 || flags.has('hide-notes');
    const onTested = async (record: ReleaseRecord) => {
      terminal.write(renderRelease(record, { helmVersion, debug: flags.has('debug'), hideNotes }));
      if (flags.has('logs')) await printLogs(input, session, record, filter);
    };
    await testRelease(session.context, { ...actionOptions(input), ...filter, release, onTested });
    return 0;
  },
};

interface Filter {
  include: string[];
  exclude: string[];
}

function readFilter(texts: readonly string[]): Filter {
  const include = texts.filter((text) => text.startsWith('name=')).map((text) => text.slice('name='.length));
  const exclude = texts.flatMap((text) => /^!\s?name=(.*)$/s.exec(text)?.[1] ?? []);
  return { include, exclude };
}

async function printLogs(
  { terminal }: HelmInput,
  { context, namespace }: ReleaseSession,
  { hooks }: ReleaseRecord,
  { include, exclude }: Filter,
): Promise<void> {
  terminal.print('');
  const tests = hooks
    .filter(({ events, name }) => events.includes('test') && !exclude.includes(name))
    .filter(({ name }) => include.length === 0 || include.includes(name))
    .sort((left, right) => (left.weight ?? 0) - (right.weight ?? 0) || compareStrings(left.name, right.name));
  for (const { name } of tests) {
    const pod = { metadata: { namespace, name, uid: '', resourceVersion: '' } };
    const text = await readPodLog(context.client, pod).catch((error: unknown) => {
      throw new Error(`unable to get pod logs for ${name}: ${errorMessage(error)}`, { cause: error });
    });
    terminal.write(`POD LOGS: ${name}\n${text}\n`);
  }
}
