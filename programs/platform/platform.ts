import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { listen } from '@croft/apiserver/listen';
import { openPki, renderKubeconfig } from '@croft/apiserver/pki';
import { createApiServer } from '@croft/apiserver/server';
import { createClient } from '@croft/client/client';
import { createInformers } from '@croft/client/informers';
import type { ControllerContext } from '@croft/controller/controller';
import { writeFileAtomic } from '@croft/foundation/files';
import type { RunningNode } from '@croft/node/start-node';
import { openSqliteStore } from '@croft/store/sqlite-store';
import { startCompaction } from './compaction.ts';
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
  const store = stack.use(openSqliteStore({ path: paths.database }));
  await config.onOwned?.();

  const hosts = [
    '127.0.0.1',
    'localhost',
    'kubernetes.default.svc',
    'kubernetes.default',
    'kubernetes',
    firstAddress(ranges.serviceCidr),
  ];
  const pki = await openPki({ dir: join(paths.pki, 'api'), hosts, nowMs: clock.now() });
  let node: RunningNode | undefined;
  const api = stack.use(
    await createApiServer({
      store,
      clock,
      log: log.with({ part: 'apiserver' }),
      serviceCidr: ranges.serviceCidr,
      authority: pki.authority.certificate,
      tokenKey: pki.tokenKey,
      ...nodeAccess(() => node),
    }),
  );
  const tls = { certificate: pki.server.certificate, key: pki.server.key, clientAuthority: pki.authority.certificate };
  const listener = stack.use(await listen({ host: '127.0.0.1', port: instance.apiPort, tls, log, ...api }));
  await writeFileAtomic(paths.kubeconfig, renderKubeconfig(pki, `https://127.0.0.1:${listener.port}`));
  stack.use(startCompaction(store, clock, log));

  const client = createClient(api.fetch);
  const informers = stack.use(createInformers(client, { clock, log }));
  const stop = new AbortController();
  const context: ControllerContext = { client, informers, clock, log, signal: stop.signal };
  // Read only now, so that the API answers sooner.
  const { startFeatures } = await import('./features.ts');
  node = await startFeatures({ config, context, ranges, stack });
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
