import { mkdir } from 'node:fs/promises';
import { createClient } from '@croft/client/client';
import { createInformers } from '@croft/client/informers';
import type { ControllerContext } from '@croft/controller/controller';
import { createControllerMetrics } from '@croft/controller/metrics';
import type { RunningNode } from '@croft/node/start-node';
import { startApi } from './api.ts';
import { publishApi } from './api-endpoints.ts';
import { openAuditLog } from './audit-log.ts';
import { networkRanges } from './network-claims.ts';
import { nodeAccess } from './node-access.ts';
import { instancePaths } from './paths.ts';
import type { PlatformConfig } from './platform-config.ts';

/**
 * Starts Croft on this machine: the API here, what works on it in features.ts. Disposing it ends the process' own part;
 * containers, front door, addresses and names go on, and the next start takes them over.
 */
export async function startPlatform(config: PlatformConfig): Promise<AsyncDisposable> {
  const { dataDir, instance, log, clock } = config;
  const paths = instancePaths(dataDir);
  await using stack = new AsyncDisposableStack();
  for (const folder of [paths.run, paths.logs, paths.volumes]) await mkdir(folder, { recursive: true, mode: 0o700 });
  const ranges = networkRanges(instance.network);
  const metrics = createControllerMetrics();
  let node: RunningNode | undefined;
  const api = stack.use(
    await startApi({
      dataDir,
      host: '127.0.0.1',
      port: instance.apiPort,
      addresses: [firstAddress(ranges.serviceCidr)],
      server: {
        controllers: 'all',
        serviceCidr: ranges.serviceCidr,
        moreMetrics: metrics.render,
        audit: stack.use(openAuditLog(dataDir)),
        ...nodeAccess(() => node),
      },
      clock,
      log,
      onOwned: config.onOwned,
    }),
  );

  const client = createClient(api.server.fetch);
  const informers = stack.use(createInformers(client, { clock, log }));
  const stop = new AbortController();
  const context: ControllerContext = { client, informers, clock, log, metrics, signal: stop.signal };
  // Read only now, so that the API answers sooner.
  const { startFeatures } = await import('./features.ts');
  node = await startFeatures({ config, context, ranges, stack });
  // The features' network has given the host this address.
  await publishApi(api, client, ranges.dnsAddress);
  const { startWebhooks } = await import('./webhooks.ts');
  stack.use(await startWebhooks(context, ranges.dnsAddress));
  const running = stack.move();
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort(new Error('Croft is ending'));
      await running.disposeAsync();
    },
  };
}

/** The first address of the Service range: that of the Service `kubernetes`. */
function firstAddress(cidr: string): string {
  return cidr.split('/')[0]?.replace(/\d+$/, '1') ?? '';
}
