import { type HelmCommand, requireArguments } from './helm-command.ts';
import { dependencyFlags, runDependencies } from './run-dependencies.ts';

export const command: HelmCommand = {
  usage: 'dependency update CHART',
  summary: 'update charts/ based on the contents of Chart.yaml',
  flags: dependencyFlags,
  run: async (input) => {
    const { flags, terminal } = input;
    requireArguments(command, flags.positionals, 0, 1);
    const verify = flags.has('verify') ? 'always' : 'never';
    await runDependencies('update', flags.positionals[0] ?? '.', verify, input, terminal.print);
    return 0;
  },
};
