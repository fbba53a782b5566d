import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { listen } from '@croft/apiserver/listen';
import { openPki, renderKubeconfig } from '@croft/apiserver/pki';
import { type ApiServer, type ApiServerOptions, createApiServer } from '@croft/apiserver/server';
import type { Clock } from '@croft/foundation/clock';
import { writeFileAtomic } from '@croft/foundation/files';
import type { Log } from '@croft/foundation/log';
import { openSqliteStore } from '@croft/store/sqlite-store';
import { startCompaction } from './compaction.ts';
import { instancePaths } from './paths.ts';

export interface ApiOptions {
  dataDir: string;
  host: string;
  /** 0 takes a free one. */
  port: number;
  /** Addresses besides `host` at which the server proves who it is. */
  addresses?: readonly string[];
  /** What of the server is not as it is everywhere. */
  server: Omit<ApiServerOptions, 'store' | 'clock' | 'log' | 'authority' | 'tokenKey'>;
  clock: Clock;
  log: Log;
  /** Called once the data directory is ours. */
  onOwned?: (() => Promise<void>) | undefined;
}

export interface Api extends AsyncDisposable {
  readonly server: ApiServer;
  readonly origin: string;
  /** Path of the administrator's. */
  readonly kubeconfig: string;
  /** Listens at one more address, on a free port, which it gives; ends with the API. */
  listenAt(address: string): Promise<number>;
}

/** So long a killed Croft may take to be gone: its last write waits for the disk. */
const predecessorMs = 10_000;

const names = [
  'localhost',
  'kubernetes',
  'kubernetes.default',
  'kubernetes.default.svc',
  'kubernetes.default.svc.cluster.local',
];

/**
 * The Kubernetes API of a data directory: store, keys, server and listener; writes the administrator's kubeconfig there.
 * Throws UserError when the directory is in use.
 */
export async function startApi(options: ApiOptions): Promise<Api> {
  const { dataDir, host, port, addresses = [], clock, log } = options;
  const paths = instancePaths(dataDir);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await using stack = new AsyncDisposableStack();
  const store = stack.use(openSqliteStore({ path: paths.database, waitMs: predecessorMs }));
  await options.onOwned?.();
  const hosts = [...new Set([host, '127.0.0.1', ...addresses, ...names])];
  const pki = await openPki({ dir: join(paths.pki, 'api'), hosts, nowMs: clock.now() });
  const authority = pki.authority.certificate;
  const server = stack.use(
    await createApiServer({
      ...options.server,
      store,
      clock,
      log: log.with({ part: 'apiserver' }),
      authority,
      signer: pki.authority,
      tokenKey: pki.tokenKey,
    }),
  );
  const tls = { certificate: pki.server.certificate, key: pki.server.key, clientAuthority: authority };
  const { handle, upgrade } = server;
  const listener = stack.use(await listen({ host, port, tls, log, handle, upgrade }));
  const origin = `https://${host.includes(':') ? `[${host}]` : host}:${listener.port}`;
  await writeFileAtomic(paths.kubeconfig, renderKubeconfig(pki, origin));
  stack.use(startCompaction(store, clock, log));
  const running = stack.move();
  return {
    server,
    origin,
    kubeconfig: paths.kubeconfig,
    listenAt: async (address) => running.use(await listen({ host: address, port: 0, tls, log, handle, upgrade })).port,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
