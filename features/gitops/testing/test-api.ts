import type { TestContext } from 'node:test';
import type { Kind } from '@croft/api/kind';
import { customResourceDefinitions, events, namespaces } from '@croft/api/kinds';
import type { KubeObject, ObjectKey, Stored } from '@croft/api/object';
import type { CustomResourceDefinition, Event } from '@croft/api/types';
import { createApiServer } from '@croft/apiserver/server';
import { createClient } from '@croft/client/client';
import { createInformers } from '@croft/client/informers';
import type { ControllerContext } from '@croft/controller/controller';
import { systemClock } from '@croft/foundation/clock';
import { createLog, silentLog } from '@croft/foundation/log';
import { awaitedOf, waitForObjects } from '@croft/release/wait';
import { openMemoryStore } from '@croft/store/memory-store';

/** An API server in memory that knows some kinds, with the namespace `team`; gone after the test. */
export interface TestApi extends ControllerContext {
  /** Waits until the informers know the object as the condition says. */
  until<T extends KubeObject>(kind: Kind<T>, key: ObjectKey, is: (object: Stored<T>) => boolean): Promise<Stored<T>>;
  /** Waits for an Event in `team` that fits. */
  untilEvent(fits: (event: Stored<Event>) => boolean): Promise<Stored<Event>>;
}

const timeoutMs = 30_000;

export async function startTestApi(t: TestContext, definitions: readonly CustomResourceDefinition[]): Promise<TestApi> {
  const stack = new AsyncDisposableStack();
  t.after(() => stack.disposeAsync());
  const log =
    process.env.CROFT_TEST_LOG === undefined ? silentLog : createLog((line) => process.stderr.write(line), 'debug');
  const clock = systemClock;
  const api = stack.use(await createApiServer({ store: openMemoryStore(), clock, log }));
  const client = createClient(api.fetch);
  const informers = stack.use(createInformers(client, { clock, log }));
  const stop = new AbortController();
  stack.defer(() => stop.abort(new Error('the test is over')));
  const context: ControllerContext = { client, informers, clock, log, signal: stop.signal };
  for (const definition of definitions) await client.apply(customResourceDefinitions, definition, { force: true });
  const awaited = definitions.map((definition) => awaitedOf(customResourceDefinitions, definition));
  await waitForObjects(context, awaited, { timeoutMs });
  await client.create(namespaces, { metadata: { name: 'team' } });
  const until = untilKnown(context);
  return {
    ...context,
    until: async (kind, { namespace, name }, is) =>
      await until(kind, (object) => {
        const { metadata } = object;
        return metadata.namespace === namespace && metadata.name === name && is(object);
      }),
    untilEvent: async (fits) => await until(events, (event) => event.metadata.namespace === 'team' && fits(event)),
  };
}

/** Waits until the informers, which controllers share, know of an object that fits. */
function untilKnown({ informers, clock }: ControllerContext) {
  return async <T extends KubeObject>(kind: Kind<T>, fits: (object: Stored<T>) => boolean): Promise<Stored<T>> => {
    const known = Promise.withResolvers<Stored<T>>();
    using _ = informers.of(kind).onChange(({ type, object }) => {
      if (type !== 'deleted' && fits(object)) known.resolve(object);
    });
    const end = new AbortController();
    const late = clock.wait(timeoutMs, end.signal).then(() => {
      throw new Error(`no ${kind.kind} became so: ${JSON.stringify(informers.of(kind).list())}`);
    });
    late.catch(() => {});
    try {
      return await Promise.race([known.promise, late]);
    } finally {
      end.abort();
    }
  };
}
