import { type HelmCommand, requireArguments } from './helm-command.ts';
import { dependencyFlags, runDependencies } from './run-dependencies.ts';

export const command: HelmCommand = {
  usage: 'dependency build CHART',
  summary: 'rebuild the charts/ directory based on the Chart.lock file',
  flags: dependencyFlags,
  run: async (input) => {
    const { flags, terminal } = input;
    requireArguments(command, flags.positionals, 0, 1);
    const verify = flags.has('verify') ? 'ifPossible' : 'never';
    await runDependencies('build', flags.positionals[0] ?? '.', verify, input, terminal.print);
    return 0;
  },
};
