import { mkdir } from 'node:fs/promises';
import type { OidcOptions } from '@croft/apiserver/oidc/authenticator';
import type { Clock } from '@croft/foundation/clock';
import type { Log } from '@croft/foundation/log';
import { startApi } from './api.ts';
import { instancePaths } from './paths.ts';

export interface ApiOnlyOptions {
  dataDir: string;
  host: string;
  /** 0 takes a free one. */
  port: number;
  controllers: ControllerSet;
  /** An OpenID Connect issuer whose ID tokens are accepted. */
  oidc?: OidcOptions;
  clock: Clock;
  log: Log;
}

/**
 * Which controllers run beside the API: only those that no server does without (namespaces, custom resources: `none` or
 * `api`); also those that keep its own objects (aggregated roles, quotas, token Secrets: `all`); or also those of
 * Deployments, Jobs and the like (`default` or `workloads`).
 */
export type ControllerSet = 'none' | 'default' | 'api' | 'all' | 'workloads';

export const controllerSets: readonly ControllerSet[] = ['none', 'default', 'api', 'all', 'workloads'];

const ofServer: Readonly<Record<ControllerSet, 'api' | 'all'>> = {
  none: 'api',
  api: 'api',
  all: 'all',
  default: 'all',
  workloads: 'all',
};

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
  const { controllers, oidc } = options;
  await using stack = new AsyncDisposableStack();
  const api = stack.use(
    await startApi({
      ...options,
      server: { controllers: ofServer[controllers], ...(oidc === undefined ? {} : { oidc }) },
    }),
  );
  const withWorkloads = controllers === 'default' || controllers === 'workloads';
  if (withWorkloads) stack.use(await startWorkloadControllers(api.server.fetch, options));
  const running = stack.move();
  return {
    origin: api.origin,
    kubeconfig: api.kubeconfig,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
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
