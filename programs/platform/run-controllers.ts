import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Kind } from '@croft/api/kind';
import { customResourceDefinitions, namespaces } from '@croft/api/kinds';
import type { KubeObject } from '@croft/api/object';
import { isAlreadyExists, isForbidden } from '@croft/api/status';
import type { Client } from '@croft/client/client';
import type { Informer } from '@croft/client/informer';
import { createInformers, type Informers } from '@croft/client/informers';
import type { ControllerContext } from '@croft/controller/controller';
import { acquireLeaderLease } from '@croft/controller/leader-lease';
import { createControllerMetrics } from '@croft/controller/metrics';
import type { Clock } from '@croft/foundation/clock';
import { sha256Hex } from '@croft/foundation/digest';
import { errorMessage } from '@croft/foundation/errors';
import type { Log } from '@croft/foundation/log';
import { gitopsDefinitions } from '@croft/gitops/definitions';
import { type GitopsPart, startGitops } from '@croft/gitops/start';
import { awaitedOf, waitForObjects } from '@croft/release/wait';
import { type Address, startListeners } from './controller-listeners.ts';
import { findFluxControllers } from './flux-controllers.ts';

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

async function ensureNamespace(client: Client, name: string): Promise<void> {
  const isThere = async () => (await client.find(namespaces, { name })) !== undefined;
  if (!(await ifAllowed(isThere, true))) await createOnce(client, namespaces, { metadata: { name } });
}

/** What the work gives, or something else where this process has not the right to do it. */
async function ifAllowed<T, U>(work: () => Promise<T>, otherwise: U, refused?: (why: string) => void): Promise<T | U> {
  try {
    return await work();
  } catch (error) {
    if (!isForbidden(error)) throw error;
    refused?.(errorMessage(error));
    return otherwise;
  }
}

/** Of several processes that find a thing missing one makes it. */
async function createOnce<T extends KubeObject>(client: Client, kind: Kind<T>, object: T): Promise<void> {
  try {
    await client.create(kind, object);
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
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
      startGitops(context, { artifactsDir: join(folder, 'artifacts'), cacheDir: join(folder, 'cache'), leave }),
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

/**
 * Makes the kinds that the cluster lacks. Those that are there stay as they are: they may be Flux's own. Gives whether
 * this process may look at the kinds at all.
 */
async function ensureDefinitions({ client, clock, log }: ControllersOptions): Promise<boolean> {
  const items = await ifAllowed(
    async () => (await client.list(customResourceDefinitions)).items,
    undefined,
    (error) => log.warn('the kinds cannot be looked for, nor made: see that they are there', { error }),
  );
  if (items === undefined) return false;
  const present = new Set(items.map(({ metadata }) => metadata.name));
  const missing = gitopsDefinitions.filter(({ metadata }) => !present.has(metadata?.name ?? ''));
  for (const definition of missing) await createOnce(client, customResourceDefinitions, definition);
  const awaited = missing.map((definition) => awaitedOf(customResourceDefinitions, definition));
  await waitForObjects({ client, clock, log }, awaited, { timeoutMs: 30_000 });
  return true;
}

/** Informers that see one namespace alone, where one is named, and nothing of kinds that may not be looked at. */
function limitInformers(informers: Informers, namespace: string | undefined, hidden: readonly Kind[]): Informers {
  return {
    of: (kind, scope = {}) => {
      if (hidden.some(({ group, plural }) => group === kind.group && plural === kind.plural)) return emptyInformer();
      return informers.of(kind, namespace !== undefined && kind.namespaced ? { namespace, ...scope } : scope);
    },
    [Symbol.asyncDispose]: async () => {}, // they are somebody else's
  };
}

function emptyInformer<T extends KubeObject>(): Informer<T> {
  return {
    synced: Promise.resolve(),
    get: () => undefined,
    list: () => [],
    onChange: () => ({ [Symbol.dispose]: () => {} }),
    learn: () => {},
    forget: () => {},
    [Symbol.asyncDispose]: async () => {},
  };
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
