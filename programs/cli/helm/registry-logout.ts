import { removeCredentials } from '@croft/repository/oci/stored-credentials';
import { globalFlags } from './common-flags.ts';
import { type HelmCommand, requireArguments } from './helm-command.ts';
import { localContext } from './local-context.ts';
import { registryHost } from './registry-login.ts';

export const command: HelmCommand = {
  usage: 'registry logout [host]',
  summary: 'logout from a registry',
  flags: globalFlags,
  run: async (input) => {
    const { flags, terminal } = input;
    requireArguments(command, flags.positionals, 1, Number.POSITIVE_INFINITY);
    const host = registryHost(flags.positionals[0] ?? '');
    const { settings, env } = localContext(input);
    if (!(await removeCredentials(settings.registryConfig, host, env))) throw new Error('not logged in');
    terminal.say(`Removing login credentials for ${host}`);
    return 0;
  },
};
