import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configMaps } from '@croft/api/kinds';
import { createApiServer } from '@croft/apiserver/server';
import { createClient } from '@croft/client/client';
import { startInformer } from '@croft/client/informer';
import { systemClock } from '@croft/foundation/clock';
import { silentLog } from '@croft/foundation/log';
import { openMemoryStore } from '@croft/store/memory-store';

const key = (name: string) => ({ namespace: 'default', name });
const map = (name: string, value: string) => ({ metadata: { ...key(name) }, data: { value } });

/** A server whose watches can be held back, and cut. */
async function startServer() {
  const stack = new AsyncDisposableStack();
  const store = stack.use(openMemoryStore());
  const server = stack.use(await createApiServer({ store }));
  const client = createClient(server.fetch);
  let gate = Promise.resolve();
  let open = () => {};
  const cuts = new Set<() => void>();
  const watching = createClient(async (request) => {
    const response = await server.fetch(request);
    if (!request.url.includes('watch=true') || response.body === null) return response;
    const cut = new AbortController();
    cuts.add(() => cut.abort());
    const held = new TransformStream({ transform: async (chunk, out) => gate.then(() => out.enqueue(chunk)) });
    const body = response.body.pipeThrough(held, { signal: cut.signal });
    return new Response(body, { status: response.status, headers: response.headers });
  });
  return {
    client,
    watching,
    hold: () => {
      gate = new Promise((resolve) => (open = resolve));
    },
    release: () => open(),
    cutAll: () => {
      for (const cut of cuts) cut();
      cuts.clear();
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

function startMaps(client: ReturnType<typeof createClient>) {
  const informer = startInformer(client, configMaps, {
    clock: systemClock,
    log: silentLog,
    scope: { namespace: 'default' },
  });
  const seen = async (name: string, value: string | undefined) => {
    const fits = () => informer.get(key(name))?.data?.value === value;
    if (fits()) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    using _ = informer.onChange(() => fits() && resolve());
    await promise;
  };
  return { informer, seen };
}

test('what a write answered is known at once, and what the watch tells later of before does not undo it', async () => {
  await using server = await startServer();
  const { informer, seen } = startMaps(server.watching);
  await using _ = informer;
  await informer.synced;
  server.hold();
  await server.client.create(configMaps, map('a', '1'));
  const second = await server.client.replace(configMaps, map('a', '2'));
  informer.learn(second);
  assert.equal(informer.get(key('a'))?.data?.value, '2');
  const told: string[] = [];
  using __ = informer.onChange(({ object }) => told.push(`${object.metadata.name} ${object.data?.value}`));
  await server.client.create(configMaps, map('b', '1'));
  server.release();
  await seen('b', '1');
  assert.deepEqual(
    told.filter((line) => !line.startsWith('kube-root')),
    ['a 2', 'b 1'],
  );
  assert.equal(informer.get(key('a'))?.data?.value, '2');
});

test('what was forgotten does not come back by an event from before', async () => {
  await using server = await startServer();
  const { informer, seen } = startMaps(server.watching);
  await using _ = informer;
  await informer.synced;
  server.hold();
  const created = await server.client.create(configMaps, map('a', '1'));
  informer.learn(created);
  await server.client.replace(configMaps, map('a', '2'));
  await server.client.delete(configMaps, key('a'));
  informer.forget(created);
  const told: string[] = [];
  using __ = informer.onChange(({ type, object }) => told.push(`${type} ${object.metadata.name}`));
  await server.client.create(configMaps, map('b', '1'));
  server.release();
  await seen('b', '1');
  assert.deepEqual(
    told.filter((line) => line.endsWith(' a')),
    [],
  );
  await server.client.create(configMaps, map('a', '3'));
  await seen('a', '3');
});

test('a watch that breaks is taken up where it ended', async () => {
  await using server = await startServer();
  const { informer, seen } = startMaps(server.watching);
  await using _ = informer;
  await informer.synced;
  await server.client.create(configMaps, map('a', '1'));
  await seen('a', '1');
  server.cutAll();
  await server.client.create(configMaps, map('b', '1'));
  await server.client.delete(configMaps, key('a'));
  await seen('b', '1');
  await seen('a', undefined);
});

test('metadata alone can be asked for', async () => {
  await using server = await startServer();
  await server.client.create(configMaps, map('a', '1'));
  const scope = { namespace: 'default', metadataOnly: true };
  const options = { clock: systemClock, log: silentLog, scope };
  await using informer = startInformer(server.watching, configMaps, options);
  await informer.synced;
  assert.equal(informer.get(key('a'))?.metadata.name, 'a');
  assert.equal(informer.get(key('a'))?.data, undefined);
});
