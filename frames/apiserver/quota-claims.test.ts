import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestServer, type TestServer } from './test-server.ts';

const quotas = '/api/v1/namespaces/default/resourcequotas';
const pods = '/api/v1/namespaces/default/pods';

function pod(name: string, more: object = {}) {
  const resources = { requests: { cpu: '500m' } };
  return { metadata: { name }, spec: { containers: [{ name: 'c', image: 'x', resources }], ...more } };
}

interface Quota {
  status?: { used?: Record<string, string> };
}

async function waitForUsed({ call }: TestServer, name: string, used: Record<string, string>): Promise<void> {
  for (let tries = 0; tries < 1000; tries += 1) {
    const { status } = (await call('GET', `${quotas}/${name}`)).body as Quota;
    if (JSON.stringify(status?.used) === JSON.stringify(used)) return;
    await new Promise(setImmediate);
  }
  assert.fail(`the quota never told ${JSON.stringify(used)}`);
}

test('writes that come together do not get past a quota together', async () => {
  await using server = await startTestServer({ controllers: 'all' });
  await server.call('POST', quotas, { metadata: { name: 'q' }, spec: { hard: { pods: '2', 'requests.cpu': '4' } } });
  await waitForUsed(server, 'q', { pods: '0', 'requests.cpu': '0' });
  const names = ['a', 'b', 'c', 'd'];
  const answers = await Promise.all(names.map((name) => server.call('POST', pods, pod(name))));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 201, 403, 403]);
  const refused = answers.find(({ status }) => status === 403)?.body as { message: string };
  assert.match(refused.message, /exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2$/);
  await waitForUsed(server, 'q', { pods: '2', 'requests.cpu': '1' });
});

test('a quota with a scope is about the Pods in it alone', async () => {
  await using server = await startTestServer({ controllers: 'all' });
  const spec = { hard: { pods: '0' }, scopes: ['Terminating'] };
  await server.call('POST', quotas, { metadata: { name: 'q' }, spec });
  await waitForUsed(server, 'q', { pods: '0' });
  assert.equal((await server.call('POST', pods, pod('endless'))).status, 201);
  assert.equal((await server.call('POST', pods, pod('short', { activeDeadlineSeconds: 60 }))).status, 403);
});
