import { globalFlags } from './common-flags.ts';
import { type HelmCommand, requireArguments } from './helm-command.ts';
import { describeResources, readResources } from './live-resources.ts';
import { outputFlag, outputFormat } from './print-output.ts';
import { printRelease } from './print-release.ts';
import { getRelease, revisionFlag } from './read-release.ts';

export const command: HelmCommand = {
  usage: 'status RELEASE_NAME',
  summary: 'display the status of the named release',
  flags: {
    ...globalFlags,
    ...revisionFlag,
    ...outputFlag,
    'show-desc': { type: 'bool', only: 3, help: 'show the description of the revision' },
    'show-resources': { type: 'bool', only: 3, help: 'show the objects of the release' },
  },
  run: async (input) => {
    const { flags, helmVersion } = input;
    requireArguments(command, flags.positionals, 1, 1);
    const { record, session } = await getRelease(input);
    const showing = { helmVersion, withoutChart: true, showDescription: flags.has('show-desc') };
    if (helmVersion === 3 && !flags.has('show-resources')) {
      printRelease(input, record, showing);
      return 0;
    }
    const { client } = session.context;
    if (outputFormat(flags) === 'table') {
      printRelease(input, record, { ...showing, resources: await describeResources(client, record) });
      return 0;
    }
    const resources = await readResources(client, record);
    const known = Object.fromEntries(resources.map(({ title, objects }) => [title, objects]));
    const info = resources.length === 0 ? record.info : { ...record.info, resources: known };
    printRelease(input, { ...record, info }, showing);
    return 0;
  },
};
