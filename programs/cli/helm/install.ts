import { errorMessage } from '@croft/foundation/errors';
import type { ReleaseRecord } from '@croft/helm/release/record';
import { installRelease } from '@croft/release/install';
import { deployFlags, deployOptions, readDeployment } from './deploy-flags.ts';
import { type HelmCommand, type HelmInput, requireArguments } from './helm-command.ts';
import { printRelease } from './print-release.ts';
import { openSession, tellCancellation } from './release-context.ts';
import { nameAndChart } from './template-chart.ts';

export const command: HelmCommand = {
  usage: 'install [NAME] [CHART]',
  summary: 'install a chart',
  flags: {
    ...deployFlags,
    replace: { type: 'bool', help: 'use the name of a release that failed or was uninstalled' },
    'generate-name': { type: 'bool', short: 'g', help: 'generate the name (and omit the NAME parameter)' },
    'name-template': { type: 'text', value: 'TEMPLATE', help: 'template that names the release' },
  },
  run: async (input) => {
    const { flags, helmVersion } = input;
    requireArguments(command, flags.positionals, 1, Number.POSITIVE_INFINITY);
    const record = await installChart(input, flags.has('replace')).catch((error: unknown) => {
      throw new Error(`INSTALLATION FAILED: ${errorMessage(error)}`, { cause: error });
    });
    printRelease(input, record, { helmVersion, debug: flags.has('debug'), hideNotes: flags.has('hide-notes') });
    return 0;
  },
};

/** Installs what the arguments name. */
export async function installChart(input: HelmInput, replace: boolean): Promise<ReleaseRecord> {
  const { flags } = input;
  const { name, chart: reference } = nameAndChart(flags.positionals, {
    generateName: flags.has('generate-name'),
    nameTemplate: flags.text('name-template'),
    fallback: undefined,
    now: Date.now,
  });
  const deployment = await readDeployment(reference, input, true);
  const options = deployOptions(input);
  const { context, nameOf } = await openSession(input);
  tellCancellation(context, input);
  return await installRelease(context, {
    ...options,
    ...deployment,
    release: nameOf(name),
    replace,
    createNamespace: flags.has('create-namespace'),
    crds: flags.has('skip-crds') ? 'Skip' : 'Create',
  });
}
