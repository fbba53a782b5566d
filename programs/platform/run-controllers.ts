import { hostname } from 'node:os';
import { join } from 'node:path';
import { customResourceDefinitions, namespaces } from '@croft/api/kinds';
import type { Client } from '@croft/client/client';
import { createInformers } from '@croft/client/informers';
import type { ControllerContext } from '@croft/controller/controller';
import { acquireLeaderLease } from '@croft/controller/leader-lease';
import { createControllerMetrics } from '@croft/controller/metrics';
import type { Clock } from '@croft/foundation/clock';
import { sha256Hex } from '@croft/foundation/digest';
import { errorMessage } from '@croft/foundation/errors';
import type { Log } from '@croft/foundation/log';
import { type GitopsPart, startGitops } from '@croft/gitops/start';
import { ensureDefinitions, ensureNamespace, ifAllowed } from './cluster-rights.ts';
import { type Address, startListeners } from './controller-listeners.ts';
import { findFluxControllers } from './flux-controllers.ts';
import { limitInformers } from './limited-informers.ts';

export interface ControllersOptions {
  client: Client;
  /** Where fetched sources are kept; no other process may use it. */
  dataDir: string;
  /** Only objects with these labels are reconciled. */
  labelSelector?: string;
  /** Only objects of these namespaces are reconciled, and nothing is read of others; all when empty. */
  namespaces: readonly string[];
  /** Where the Lease is by which one of several such processes leads. */
  leaseNamespace: string;
  leaseMs: number;
  /** Beginnings of addresses that kustomizations may refer to on other machines; none when empty, `*` for all. */
  remoteBases: readonly string[];
  /** Where the leading process takes webhooks. */
  webhookAddress?: Address | undefined;
  /** Where the leading process shows its measures. */
  metricsAddress?: Address | undefined;
  clock: Clock;
  log: Log;
}

/**
 * Runs the gitops controllers against any cluster while this process leads, and waits to lead while another one does.
 * Kinds that Flux's own controllers reconcile there are left to them. Ends when the signal aborts.
 */
export async function runControllers(options: ControllersOptions, signal: AbortSignal): Promise<void> {
  const { client, clock, log, leaseNamespace, leaseMs } = options;
  const identity = `${hostname()}_${process.pid}_${clock.now().toString(36)}`;
  const { labelSelector } = options;
  if (labelSelector !== undefined) await client.list(namespaces, { labelSelector, limit: 1 }); // a wrong one is refused
  await ensureNamespace(client, leaseNamespace);
  const key = { namespace: leaseNamespace, name: leaseName(options) };
  while (!signal.aborted) {
    await using leadership = await acquireLeaderLease({ client, clock, log, key, identity, leaseMs }, signal);
    log.info('this process leads', { identity, lease: `${key.namespace}/${key.name}` });
    const over = AbortSignal.any([signal, leadership.signal]);
    {
      await using _controllers = await startControllers(options, over);
      await aborted(over);
    }
    if (!signal.aborted) log.error('this process leads no more', { reason: errorMessage(over.reason) });
  }
}

/** Processes with different selections do different work: each selection has a Lease of its own. */
function leaseName({ labelSelector, namespaces: only }: ControllersOptions): string {
  if (labelSelector === undefined && only.length === 0) return 'croft-controllers';
  return `croft-controllers-${sha256Hex(JSON.stringify([labelSelector, only.toSorted()])).slice(0, 10)}`;
}

async function startControllers(options: ControllersOptions, signal: AbortSignal): Promise<AsyncDisposable> {
  const { client, clock, log, dataDir, labelSelector } = options;
  await using stack = new AsyncDisposableStack();
  const leave = await findOwnedParts(options);
  const hidden = (await ensureDefinitions(options)) ? [] : [customResourceDefinitions];
  const informers = stack.use(createInformers(client, { clock, log }));
  const places = options.namespaces.length === 0 ? [undefined] : options.namespaces;
  const metrics = createControllerMetrics();
  const contexts: ControllerContext[] = [];
  for (const namespace of places) {
    const context: ControllerContext = {
      client,
      informers: limitInformers(informers, namespace, hidden),
      clock,
      log,
      signal,
      metrics,
      ...(labelSelector === undefined ? {} : { reconciled: { labelSelector } }),
    };
    contexts.push(context);
    const folder = join(dataDir, namespace ?? 'all');
    stack.use(
      startGitops(context, {
        artifactsDir: join(folder, 'artifacts'),
        cacheDir: join(folder, 'cache'),
        leave,
        remoteBases: () => options.remoteBases,
      }),
    );
  }
  const webhookAddress = leave.has('notifications') ? undefined : options.webhookAddress;
  stack.use(await startListeners({ ...options, contexts, metrics, webhookAddress }));
  return stack.move();
}

/** What Flux's own controllers do here, each told of in the log. */
async function findOwnedParts({ client, clock, log }: ControllersOptions): Promise<Set<GitopsPart>> {
  const found = await ifAllowed(
    () => findFluxControllers(client, clock),
    [],
    (error) => log.warn("Flux's own controllers cannot be looked for: see that none runs here", { error }),
  );
  for (const { part, seen, kinds } of found)
    log.warn(`Flux's own controller runs here: ${kinds.join(', ')} are left to it`, { part, seen });
  return new Set(found.map(({ part }) => part));
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
