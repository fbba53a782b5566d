import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Kind } from '@croft/api/kind';
import { customResourceDefinitions, namespaces, secrets } from '@croft/api/kinds';
import { formatKey, type KubeObject, keyOf, type ObjectKey, type Stored } from '@croft/api/object';
import { createApiServer } from '@croft/apiserver/server';
import { type Client, createClient } from '@croft/client/client';
import { createInformers } from '@croft/client/informers';
import { findCondition } from '@croft/controller/conditions';
import type { ControllerContext } from '@croft/controller/controller';
import { requestedAtAnnotation } from '@croft/controller/reconcile-steps';
import { systemClock } from '@croft/foundation/clock';
import { createLog, silentLog } from '@croft/foundation/log';
import { type Sources, sourceDefinitions, startSources } from '@croft/gitops/start-sources';
import type { SourceObject } from '@croft/gitops/types';
import { openMemoryStore } from '@croft/store/memory-store';

export const namespace = 'apps';

/** An API server in memory with the controllers of sources, in a folder of its own; all gone after the test. */
export interface SourceWorld extends Sources {
  root: string;
  client: Client;
  context: ControllerContext;
  /** Waits until the object is as the condition says; fails with its last state. */
  until<T extends KubeObject>(
    kind: Kind<T>,
    name: string,
    is: (object: Stored<T> | undefined) => boolean | undefined,
  ): Promise<Stored<T>>;
  /** Creates a source in the namespace and waits until it is ready. */
  createReady<T extends SourceObject>(kind: Kind<T>, name: string, spec: T['spec']): Promise<Stored<T>>;
  /** Changes the source, asks for a reconcile and waits until Ready is this, of the newest generation. */
  change<T extends SourceObject>(
    kind: Kind<T>,
    name: string,
    spec: object,
    ready: 'True' | 'False',
  ): Promise<Stored<T>>;
  createSecret(name: string, stringData: Record<string, string>, type?: string): Promise<void>;
}

export async function startSourceWorld(t: TestContext): Promise<SourceWorld> {
  const stack = new AsyncDisposableStack();
  t.after(() => stack.disposeAsync());
  const root = await mkdtemp(join(tmpdir(), 'croft-sources-'));
  stack.defer(() => rm(root, { recursive: true, force: true }));
  const log =
    process.env.CROFT_TEST_LOG === undefined ? silentLog : createLog((line) => process.stderr.write(line), 'debug');
  const api = stack.use(await createApiServer({ store: openMemoryStore(), clock: systemClock, log }));
  const client = createClient(api.fetch);
  const informers = stack.use(createInformers(client, { clock: systemClock, log }));
  const stop = new AbortController();
  const context = { client, informers, clock: systemClock, log, signal: stop.signal };
  for (const definition of sourceDefinitions)
    await client.apply(customResourceDefinitions, definition, { force: true });
  await client.create(namespaces, { metadata: { name: namespace } });
  const sources = startSources(context, { artifactsDir: join(root, 'artifacts'), cacheDir: join(root, 'cache') });
  stack.use(sources);
  stack.defer(() => stop.abort(new Error('the test is over')));
  const until: SourceWorld['until'] = (kind, name, is) => waitUntil(context, kind, { namespace, name }, is);
  return {
    root,
    client,
    context,
    artifacts: sources.artifacts,
    until,
    createReady: async (kind, name, spec) => {
      await client.create(kind, { metadata: { namespace, name }, spec } as never);
      return await until(kind, name, (object) => readyOf(object)?.status === 'True');
    },
    change: async (kind, name, spec, ready) => {
      const requestedAt = crypto.randomUUID();
      await client.patch(
        kind,
        { namespace, name },
        {
          metadata: { annotations: { [requestedAtAnnotation]: requestedAt } },
          spec,
        },
      );
      return await until(
        kind,
        name,
        (object) => object?.status?.lastHandledReconcileAt === requestedAt && readyOf(object)?.status === ready,
      );
    },
    createSecret: async (name, stringData, type = 'Opaque') => {
      await client.apply(secrets, { metadata: { namespace, name }, stringData, type }, { force: true });
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

async function waitUntil<T extends KubeObject>(
  { informers }: ControllerContext,
  kind: Kind<T>,
  key: ObjectKey,
  is: (object: Stored<T> | undefined) => boolean | undefined,
): Promise<Stored<T>> {
  const informer = informers.of(kind);
  await informer.synced;
  const met = Promise.withResolvers<Stored<T>>();
  const look = () => {
    const object = informer.get(key);
    if (is(object)) met.resolve(object as Stored<T>);
  };
  const timer = setTimeout(
    () => met.reject(new Error(`${kind.kind} ${formatKey(key)} stays ${JSON.stringify(informer.get(key), null, 1)}`)),
    60_000,
  );
  using _subscription = informer.onChange(({ object }) => {
    if (formatKey(keyOf(object)) === formatKey(key)) setImmediate(look);
  });
  look();
  try {
    return await met.promise;
  } finally {
    clearTimeout(timer);
  }
}

export function readyOf(object: SourceObject | undefined) {
  return findCondition(object?.status?.conditions, 'Ready');
}

export function conditionOf(object: SourceObject, type: string) {
  return findCondition(object.status?.conditions, type);
}
