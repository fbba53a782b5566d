import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Kind } from '@croft/api/kind';
import { customResourceDefinitions } from '@croft/api/kinds';
import { formatKey, type KubeObject, keyOf, type ObjectKey, type Stored } from '@croft/api/object';
import type { CustomResourceDefinition } from '@croft/api/types';
import { createApiServer } from '@croft/apiserver/server';
import { createClient } from '@croft/client/client';
import { createInformers } from '@croft/client/informers';
import type { ControllerContext } from '@croft/controller/controller';
import { systemClock } from '@croft/foundation/clock';
import { createLog, silentLog } from '@croft/foundation/log';
import { openMemoryStore } from '@croft/store/memory-store';

/** What controllers run on, in a folder of its own. */
export interface EmbeddedApi extends ControllerContext {
  readonly root: string;
  /** What is to be closed before the server, after the test. */
  readonly stack: AsyncDisposableStack;
}

/** An API server in memory that knows the definitions; gone after the test, with all that the stack has got by then. */
export async function startEmbeddedApi(
  t: TestContext,
  definitions: readonly CustomResourceDefinition[],
): Promise<EmbeddedApi> {
  const stop = new AbortController();
  const stack = new AsyncDisposableStack();
  t.after(() => {
    stop.abort(new Error('the test is over'));
    return stack.disposeAsync();
  });
  const root = await mkdtemp(join(tmpdir(), 'croft-world-'));
  stack.defer(() => rm(root, { recursive: true, force: true }));
  const log =
    process.env.CROFT_TEST_LOG === undefined ? silentLog : createLog((line) => process.stderr.write(line), 'debug');
  const api = stack.use(await createApiServer({ store: openMemoryStore(), clock: systemClock, log }));
  const client = createClient(api.fetch);
  const informers = stack.use(createInformers(client, { clock: systemClock, log }));
  for (const definition of definitions) await client.apply(customResourceDefinitions, definition, { force: true });
  return { root, stack, client, informers, clock: systemClock, log, signal: stop.signal };
}

/** Waits until the object is as the condition says; fails with its last state. */
export async function waitUntil<T extends KubeObject, Is extends Stored<T> | undefined>(
  { informers }: ControllerContext,
  kind: Kind<T>,
  key: ObjectKey,
  is: (object: Stored<T> | undefined) => boolean | undefined,
): Promise<Is> {
  const informer = informers.of(kind);
  await informer.synced;
  const met = Promise.withResolvers<Is>();
  const look = () => {
    const object = informer.get(key);
    if (is(object)) met.resolve(object as Is);
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
