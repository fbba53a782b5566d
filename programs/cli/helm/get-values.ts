import { computeValues, configOf } from '@croft/release/reuse-values';
import { globalFlags } from './common-flags.ts';
import { type HelmCommand, requireArguments } from './helm-command.ts';
import { outputFlag, printOutput, renderYaml } from './print-output.ts';
import { getRelease, revisionFlag } from './read-release.ts';

export const command: HelmCommand = {
  usage: 'get values RELEASE_NAME',
  summary: 'download the values file for a named release',
  flags: {
    ...globalFlags,
    ...revisionFlag,
    ...outputFlag,
    all: { type: 'bool', short: 'a', help: 'all values: those of the chart, too' },
  },
  run: async (input) => {
    const { flags, helmVersion } = input;
    requireArguments(command, flags.positionals, 1, 1);
    const { record } = await getRelease(input);
    const all = flags.has('all');
    // Values that were never given are a nil map to Helm.
    const given = Object.keys(record.config).length === 0 ? null : record.config;
    const values = all ? configOf(computeValues(record, helmVersion)) : given;
    const title = all ? 'COMPUTED VALUES:' : 'USER-SUPPLIED VALUES:';
    printOutput(input, values, () => `${title}\n${renderYaml(values)}`);
    return 0;
  },
};
