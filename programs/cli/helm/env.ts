import { globalFlags, readNamespace } from './common-flags.ts';
import { type HelmCommand, type HelmInput, requireArguments } from './helm-command.ts';
import { localContext } from './local-context.ts';

export const command: HelmCommand = {
  usage: 'env',
  summary: 'show the variables of helm that count here',
  flags: globalFlags,
  run: async (input) => {
    const { flags, terminal } = input;
    requireArguments(command, flags.positionals, 0, 1);
    const variables = describe(input);
    const [name] = flags.positionals;
    if (name !== undefined) terminal.print(variables[name] ?? '');
    else for (const key of Object.keys(variables).sort()) terminal.print(`${key}="${variables[key]}"`);
    return 0;
  },
};

/** The variables of helm that count here, with what they are or what counts without them. */
function describe(input: HelmInput): Record<string, string> {
  const { env, flags } = input;
  const { settings } = localContext(input);
  return {
    HELM_CACHE_HOME: settings.cacheHome,
    HELM_CONFIG_HOME: settings.configHome,
    HELM_KUBECONTEXT: flags.text('kube-context') || (env.HELM_KUBECONTEXT ?? ''),
    HELM_MAX_HISTORY: env.HELM_MAX_HISTORY || '10',
    HELM_NAMESPACE: readNamespace(flags, env),
    HELM_REGISTRY_CONFIG: settings.registryConfig,
    HELM_REPOSITORY_CACHE: settings.repositoryCache,
    HELM_REPOSITORY_CONFIG: settings.repositoryConfig,
  };
}
