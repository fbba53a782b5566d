import { errorMessage } from '@croft/foundation/errors';
import { validateReleaseName } from '@croft/helm/release/release-name';
import { readHistory } from '@croft/release/record-store';
import type { ReuseValues } from '@croft/release/reuse-values';
import { upgradeRelease } from '@croft/release/upgrade';
import { readNumber } from './action-flags.ts';
import { deployFlags, deployOptions, readDeployment } from './deploy-flags.ts';
import { checkNumber, type Flags, type ParsedFlags } from './flags.ts';
import { type HelmCommand, type HelmInput, requireArguments } from './helm-command.ts';
import { installChart } from './install.ts';
import { outputFormat } from './print-output.ts';
import { printRelease } from './print-release.ts';
import { openSession, type ReleaseSession, tellCancellation } from './release-context.ts';

/** Which values of the last release are taken over. */
export const reuseFlags: Flags = {
  'reset-values': { type: 'bool', help: 'start from the values of the chart' },
  'reuse-values': { type: 'bool', help: 'start from the values of the last release' },
  'reset-then-reuse-values': { type: 'bool', help: 'start from those of the chart, then those of the last release' },
};

export const command: HelmCommand = {
  usage: 'upgrade [RELEASE] [CHART]',
  summary: 'upgrade a release',
  flags: {
    ...deployFlags,
    install: { type: 'bool', short: 'i', help: 'install the release if it is not there' },
    ...reuseFlags,
    'history-max': {
      type: 'text',
      value: 'NUMBER',
      check: checkNumber,
      help: 'most revisions that are kept; 0 for no limit (10)',
    },
    'cleanup-on-fail': { type: 'bool', help: 'delete new objects when the upgrade fails' },
    'recreate-pods': { type: 'bool', only: 3, help: 'of no effect; deprecated' },
  },
  run: async (input) => {
    const { flags, terminal, helmVersion } = input;
    requireArguments(command, flags.positionals, 2, 2);
    const isTable = outputFormat(flags) === 'table';
    const [name = ''] = flags.positionals;
    const session = await openSession(input);
    const showing = { helmVersion, debug: flags.has('debug'), hideNotes: flags.has('hide-notes') };
    const missing = flags.has('install') ? await findMissing(session, name) : undefined;
    if (missing !== undefined) {
      if (isTable) terminal.print(`Release "${name}" does not exist. Installing it now.`);
      const withSession = { ...input, connect: () => Promise.resolve(session.context.client) };
      printRelease(input, await installChart(withSession, missing === 'uninstalled'), showing);
      return 0;
    }
    const record = await upgradeChart(input, session);
    if (isTable) terminal.print(`Release "${name}" has been upgraded. Happy Helming!`);
    printRelease(input, record, showing);
    return 0;
  },
};

/** Why the release is to be installed instead; undefined when it can be upgraded. */
async function findMissing(
  { context, nameOf }: ReleaseSession,
  name: string,
): Promise<'never made' | 'uninstalled' | undefined> {
  try {
    validateReleaseName(name);
  } catch (error) {
    throw new Error(`release name is invalid: ${name}`, { cause: error });
  }
  const status = (await readHistory(context.client, nameOf(name))).at(-1)?.info.status;
  if (status === undefined) return 'never made';
  return status === 'uninstalled' ? 'uninstalled' : undefined;
}

async function upgradeChart(input: HelmInput, { context, nameOf }: ReleaseSession) {
  const { flags } = input;
  const [name = '', reference = ''] = flags.positionals;
  const deployment = await readDeployment(reference, input, false);
  tellCancellation(context, input);
  try {
    return await upgradeRelease(context, {
      ...deployOptions(input),
      ...deployment,
      release: nameOf(name),
      maxHistory: readMaxHistory(input),
      reuse: readReuse(flags),
      cleanupOnFail: flags.has('cleanup-on-fail'),
    });
  } catch (error) {
    throw new Error(`UPGRADE FAILED: ${errorMessage(error)}`, { cause: error });
  }
}

/** What is kept of the revisions, by the flag or by HELM_MAX_HISTORY. */
export function readMaxHistory({ flags, env }: Pick<HelmInput, 'flags' | 'env'>): number {
  const usual = Number.parseInt(env.HELM_MAX_HISTORY ?? '', 10);
  return readNumber(flags, 'history-max', Number.isNaN(usual) ? 10 : usual);
}

/** Which values of the last release an upgrade takes over. */
export function readReuse(flags: ParsedFlags): ReuseValues {
  if (flags.has('reset-values')) return 'none';
  if (flags.has('reuse-values')) return 'with-old-defaults';
  return flags.has('reset-then-reuse-values') ? 'below-given' : 'unless-given';
}
