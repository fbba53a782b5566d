import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { listen } from '@croft/apiserver/listen';
import { openPki, renderKubeconfig } from '@croft/apiserver/pki';
import { createApiServer } from '@croft/apiserver/server';
import type { Clock } from '@croft/foundation/clock';
import { writeFileAtomic } from '@croft/foundation/files';
import type { Log } from '@croft/foundation/log';
import { openSqliteStore } from '@croft/store/sqlite-store';
import { startCompaction } from './compaction.ts';
import { instancePaths } from './paths.ts';

export interface ApiOnlyOptions {
  dataDir: string;
  host: string;
  /** 0 takes a free one. */
  port: number;
  controllers: ControllerSet;
  clock: Clock;
  log: Log;
}

/**
 * Which controllers run beside the API: only those that no server does without (namespaces, custom resources); also
 * those that keep its own objects (aggregated roles, token Secrets); or also those of Deployments, Jobs and the like.
 */
export type ControllerSet = 'api' | 'all' | 'workloads';

export const controllerSets: readonly ControllerSet[] = ['api', 'all', 'workloads'];

export interface RunningApi extends AsyncDisposable {
  origin: string;
  kubeconfig: string;
}

/** The name of the node that volumes are made on; there is none that runs Pods. */
const nodeName = 'croft';

/**
 * Starts the Kubernetes API alone, in a data directory of its own or that of an instance which does not run, and writes
 * the administrator's kubeconfig there. Throws UserError when the directory is in use.
 */
export async function startApiOnly(options: ApiOnlyOptions): Promise<RunningApi> {
  const { dataDir, host, port, controllers, clock, log } = options;
  const paths = instancePaths(dataDir);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await using stack = new AsyncDisposableStack();
  const store = stack.use(openSqliteStore({ path: paths.database }));
  const hosts = [...new Set([host, '127.0.0.1', 'localhost', 'kubernetes.default.svc', 'kubernetes'])];
  const pki = await openPki({ dir: join(paths.pki, 'api'), hosts, nowMs: clock.now() });
  const authority = pki.authority.certificate;
  const api = stack.use(
    await createApiServer({
      store,
      clock,
      log: log.with({ part: 'apiserver' }),
      authority,
      tokenKey: pki.tokenKey,
      controllers: controllers === 'api' ? 'api' : 'all',
    }),
  );
  const tls = { certificate: pki.server.certificate, key: pki.server.key, clientAuthority: authority };
  const listener = stack.use(await listen({ host, port, tls, log, handle: api.handle, upgrade: api.upgrade }));
  const origin = `https://${host.includes(':') ? `[${host}]` : host}:${listener.port}`;
  await writeFileAtomic(paths.kubeconfig, renderKubeconfig(pki, origin));
  stack.use(startCompaction(store, clock, log));
  if (controllers === 'workloads') stack.use(await startWorkloadControllers(api.fetch, options));
  const running = stack.move();
  return { origin, kubeconfig: paths.kubeconfig, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

/** Loaded only where they are wanted: without them the process is smaller and starts sooner. */
async function startWorkloadControllers(
  fetch: (request: Request) => Promise<Response>,
  { dataDir, clock, log }: ApiOnlyOptions,
): Promise<AsyncDisposable> {
  const [{ createClient }, { createInformers }, { startWorkloads }] = await Promise.all([
    import('@croft/client/client'),
    import('@croft/client/informers'),
    import('@croft/workloads/start-workloads'),
  ]);
  const stack = new AsyncDisposableStack();
  const stop = new AbortController();
  const client = createClient(fetch);
  const informers = stack.use(createInformers(client, { clock, log }));
  const { volumes: volumesDir } = instancePaths(dataDir);
  await mkdir(volumesDir, { recursive: true, mode: 0o700 });
  stack.use(startWorkloads({ client, informers, clock, log, signal: stop.signal, volumesDir, nodeName }));
  stack.defer(() => stop.abort(new Error('the API server is ending')));
  return stack;
}
