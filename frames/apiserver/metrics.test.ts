import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestServer, type TestServer } from './test-server.ts';

const read = async (server: TestServer) => String((await server.call('GET', '/metrics')).body);

test('requests, open watches and what is stored are counted', async () => {
  await using server = await startTestServer();
  await server.call('GET', '/api/v1/namespaces/default');
  await server.call('GET', '/api/v1/namespaces/none');
  const stop = new AbortController();
  const watching = new Request('https://api.test/api/v1/pods?watch=1', { signal: stop.signal });
  const watch = await server.server.fetch(watching);
  const labels = 'verb="GET",group="",version="v1",resource="namespaces",subresource="",scope="resource"';
  const pods = 'verb="WATCH",group="",version="v1",resource="pods",subresource="",scope="cluster"';
  const text = await read(server);
  assert.ok(text.includes(`apiserver_request_total{${labels},code="200"} 1\n`), text);
  assert.ok(text.includes(`apiserver_request_total{${labels},code="404"} 1\n`));
  assert.ok(text.includes(`apiserver_request_duration_seconds_count{${labels}} 2\n`));
  assert.ok(text.includes(`apiserver_longrunning_requests{${pods}} 1\n`));
  assert.ok(text.includes('apiserver_storage_objects{resource="namespaces"} 4\n'));
  await watch.body?.cancel();
  assert.ok((await read(server)).includes(`apiserver_longrunning_requests{${pods}} 0\n`));
});

test('health tells of each check', async () => {
  await using server = await startTestServer();
  const ask = async (path: string) => (await server.call('GET', path)).body;
  assert.equal(await ask('/readyz'), 'ok');
  assert.equal(await ask('/livez/ping'), 'ok');
  assert.match(String(await ask('/readyz?verbose')), /^\[\+\]ping ok\n.*\nreadyz check passed\n$/s);
  assert.equal((await server.call('GET', '/readyz/nothing')).status, 404);
});
