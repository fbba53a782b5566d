import { join } from 'node:path';
import { startApps } from '@croft/apps/controller';
import { startVolumeRemover } from '@croft/apps/volume-remover';
import type { ControllerContext } from '@croft/controller/controller';
import { startGitops } from '@croft/gitops/start';
import { startNetwork } from '@croft/network/start-network';
import type { RunningNode } from '@croft/node/start-node';
import { startWorkloads } from '@croft/workloads/start-workloads';
import { applyDefinitions } from './bootstrap.ts';
import { startContainers } from './containers.ts';
import { croftRoot } from './croft-release.ts';
import type { NetworkRanges } from './network-claims.ts';
import { networkOptions } from './network-options.ts';
import { startOwnRepositories } from './own-repositories.ts';
import { instancePaths } from './paths.ts';
import type { PlatformConfig } from './platform-config.ts';
import { readSettings, startSettingsSync } from './settings-sync.ts';

/** The name of the one node. */
const nodeName = 'croft';

export interface FeaturesOptions {
  config: PlatformConfig;
  context: ControllerContext;
  ranges: NetworkRanges;
  /** What is started here ends with it. */
  stack: AsyncDisposableStack;
}

/** The only place that wires features to an engine. Gives the node, for what the API asks of it. */
export async function startFeatures({ config, context, ranges, stack }: FeaturesOptions): Promise<RunningNode> {
  const { dataDir, instance, log } = config;
  const { client } = context;
  const paths = instancePaths(dataDir);
  let settings = await readSettings(client, paths.settings);
  await applyDefinitions(context);
  stack.use(startWorkloads({ ...context, volumesDir: paths.volumes, nodeName }));
  // Before the node: no Pod is ended while the front door still leads to it.
  stack.use(
    await startNetwork({
      ...context,
      ...networkOptions(config),
      ...ranges,
      domain: settings.domain,
    }),
  );
  const { node } = await startContainers({ ...config, context, ranges, nodeName, stack });

  const repositories = stack.use(
    await startOwnRepositories({ ...config, catalogDir: config.env.CROFT_CATALOG ?? join(croftRoot, 'catalog') }),
  );
  stack.use(
    startGitops(context, {
      artifactsDir: paths.artifacts,
      cacheDir: paths.gitCache,
      localPathOf: repositories.localPathOf,
      remoteBases: () => settings.remoteBases,
    }),
  );
  stack.use(startApps({ ...context, portSuffix: instance.httpsPort === 443 ? '' : `:${instance.httpsPort}` }));
  stack.use(startVolumeRemover(context));
  stack.use(
    await startSettingsSync(client, {
      path: paths.settings,
      own: repositories.sources,
      log,
      taken: (next) => {
        settings = next;
      },
    }),
  );
  return node;
}
