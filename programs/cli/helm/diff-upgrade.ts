import { previewUpgrade } from '@croft/release/preview';
import { readHistory } from '@croft/release/record-store';
import { upgradeRelease } from '@croft/release/upgrade';
import { deployFlags, deployOptions, readDeployment } from './deploy-flags.ts';
import { type HelmCommand, requireArguments } from './helm-command.ts';
import { diffFlags, printChanges, printManifestDiff, renderedFlag } from './print-diff.ts';
import { openSession } from './release-context.ts';
import { readReuse, reuseFlags } from './upgrade.ts';

export const command: HelmCommand = {
  usage: 'diff upgrade [RELEASE] [CHART]',
  summary: 'show what an upgrade would change of the live objects',
  flags: { ...deployFlags, ...reuseFlags, ...diffFlags, ...renderedFlag },
  run: async (input) => {
    const { flags } = input;
    requireArguments(command, flags.positionals, 2, 2);
    const [name = '', reference = ''] = flags.positionals;
    const { context, nameOf } = await openSession(input);
    const release = nameOf(name);
    const options = {
      ...deployOptions(input),
      ...(await readDeployment(reference, input, false)),
      release,
      reuse: readReuse(flags),
      dryRun: 'server' as const,
    };
    if (!flags.has('rendered')) return printChanges(input, await previewUpgrade(context, options));
    const after = await upgradeRelease(context, options);
    const history = await readHistory(context.client, release);
    const before = history.findLast(({ info }) => info.status === 'deployed') ?? history.at(-1);
    return printManifestDiff(input, before?.manifest ?? '', after.manifest);
  },
};
