import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestServer, type TestServer } from './test-server.ts';

const path = '/api/v1/namespaces/default/configmaps';

interface Event {
  type: string;
  object: { metadata: { name?: string; resourceVersion: string }; code?: number };
}

async function* watch(api: TestServer, query: string, signal: AbortSignal): AsyncGenerator<Event> {
  const response = await api.server.fetch(new Request(`https://api.test${path}?watch=1&${query}`, { signal }));
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line) as Event;
  }
}

async function take(events: AsyncGenerator<Event>, count: number): Promise<Event[]> {
  const taken: Event[] = [];
  while (taken.length < count) {
    const { value, done } = await events.next();
    if (done) break;
    taken.push(value as Event);
  }
  return taken;
}

const labelled = (name: string) => ({ metadata: { name, labels: { s: '1' } } });

test('many watchers see each change once and in order, and can go on where they stopped', async () => {
  await using api = await startTestServer();
  const stop = new AbortController();
  const query = 'labelSelector=s&resourceVersion=1';
  const watchers = Array.from({ length: 10 }, () => watch(api, query, stop.signal));
  const all = watchers.map((events) => take(events, 30));
  for (let index = 0; index < 30; index += 1) await api.call('POST', path, labelled(`c${index}`));
  for (const events of await Promise.all(all)) {
    assert.deepEqual(
      events.map(({ type, object }) => `${type} ${object.metadata.name}`),
      Array.from({ length: 30 }, (_, index) => `ADDED c${index}`),
    );
  }
  const seen = (await take(watch(api, query, stop.signal), 10)).at(-1)?.object.metadata.resourceVersion;
  const later = await take(watch(api, `labelSelector=s&resourceVersion=${seen}`, stop.signal), 20);
  assert.equal(later[0]?.object.metadata.name, 'c10');
  stop.abort();
});

test('a watch from before the kept history is told to list again', async () => {
  await using api = await startTestServer();
  await api.call('POST', path, labelled('a'));
  await api.server.core.store.compact(api.server.core.store.revision);
  await api.call('POST', path, labelled('b'));
  const [event] = await take(watch(api, 'resourceVersion=1', new AbortController().signal), 2);
  assert.equal(event?.type, 'ERROR');
  assert.equal(event?.object.code, 410);
});

test('disposing the server leaves no watch behind', async () => {
  const api = await startTestServer();
  const events = watch(api, 'labelSelector=s', new AbortController().signal);
  await api.call('POST', path, labelled('a'));
  assert.equal((await take(events, 1))[0]?.type, 'ADDED');
  await api[Symbol.asyncDispose]();
  assert.deepEqual(await take(events, 1), []);
});
