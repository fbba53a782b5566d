import { join } from 'node:path';
import type { ControllerContext } from '@croft/controller/controller';
import { createArtifactStore } from '@croft/gitops/artifact/artifact-store';
import { gitRepositories } from '@croft/gitops/types';
import { type Podman, startPodman } from '@croft/node/engine/start-podman';
import { createImageRecipes } from '@croft/node/images/build-recipes';
import { startNode } from '@croft/node/start-node';
import { sourceKey } from './bootstrap.ts';
import type { NetworkRanges } from './network-claims.ts';
import { bridgeName } from './network-options.ts';
import { instancePaths } from './paths.ts';
import type { PlatformConfig } from './platform-config.ts';

export interface ContainersOptions extends PlatformConfig {
  context: ControllerContext;
  ranges: NetworkRanges;
  nodeName: string;
  stack: AsyncDisposableStack;
}

/** The instance's own Podman: started, or taken over where it runs. */
export async function startInstancePodman(
  { dataDir, instance, log, clock, env }: PlatformConfig,
  { podCidr }: NetworkRanges,
): Promise<Podman> {
  return await startPodman({
    dir: dataDir,
    instanceId: instance.id,
    network: { name: bridgeName(instance), bridge: bridgeName(instance), subnet: podCidr },
    imageStores: (env.CROFT_IMAGE_STORES ?? '').split(':').filter(Boolean),
    log: log.with({ part: 'podman' }),
    clock,
  });
}

/** Starts the node: Podman, image recipes, and what runs Pods. */
export async function startContainers(options: ContainersOptions) {
  const { dataDir, context, ranges, nodeName, stack, log } = options;
  const paths = instancePaths(dataDir);
  const podman = stack.use(await startInstancePodman(options, ranges));
  const artifacts = createArtifactStore(paths.artifacts, context.clock);
  const sources = context.informers.of(gitRepositories);
  const ensureImage = createImageRecipes({
    podman,
    recipesDir: async () => {
      const artifact = sources.get(sourceKey)?.status?.artifact;
      return artifact && join(await artifacts.open(artifact), 'images');
    },
    logDir: join(paths.logs, 'images'),
    scratchDir: join(paths.run, 'images'),
    log: log.with({ part: 'images' }),
  });
  const node = stack.use(
    await startNode({
      ...context,
      podman,
      dir: dataDir,
      nodeName,
      clusterDns: ranges.dnsAddress,
      clusterDomain: 'cluster.local',
      ensureImage,
    }),
  );
  return { podman, node };
}
