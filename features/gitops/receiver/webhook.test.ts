import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { secrets } from '@croft/api/kinds';
import { findCondition } from '@croft/controller/conditions';
import { requestedAtAnnotation } from '@croft/controller/reconcile-steps';
import { run } from '@croft/foundation/process';
import { gitopsDefinitions } from '../definitions.ts';
import { startTestApi } from '../testing/test-api.ts';
import { gitRepositories } from '../types.ts';
import { startReceiverController } from './controller.ts';
import { createWebhookHandler } from './handle-webhook.ts';
import { listenForRequests } from './listen.ts';
import { type ReceiverSpec, receivers } from './types.ts';

const namespace = 'team';
const token = 'a long token';

/** The HMAC as another program than ours computes it. */
async function sign(algorithm: string, body: string): Promise<string> {
  const { stdout } = await run('openssl', ['dgst', `-${algorithm}`, '-hmac', token, '-r'], {
    input: body,
    timeoutMs: 10_000,
  });
  return stdout.split(' ')[0] ?? '';
}

async function startReceiver(t: TestContext, spec: Partial<ReceiverSpec>) {
  const api = await startTestApi(t, gitopsDefinitions);
  const stack = new AsyncDisposableStack();
  t.after(() => stack.disposeAsync());
  stack.use(startReceiverController(api));
  const { port } = stack.use(
    await listenForRequests({ host: '127.0.0.1', port: 0, log: api.log, handle: createWebhookHandler(api) }),
  );
  const url = `http://127.0.0.1:${port}`;
  await api.client.create(secrets, { metadata: { namespace, name: 'hook' }, stringData: { token } });
  for (const [name, labels] of [
    ['web', { team: 'red' }],
    ['shop', { team: 'red' }],
    ['docs', { team: 'blue' }],
  ] as const)
    await api.client.create(gitRepositories, {
      metadata: { namespace, name, labels },
      spec: { url: 'https://git.example.org/web.git', interval: '1h', suspend: true },
    });
  await api.client.create(receivers, {
    metadata: { namespace, name: 'hook' },
    spec: {
      type: 'generic',
      resources: [{ kind: 'GitRepository', name: 'web' }],
      secretRef: { name: 'hook' },
      ...spec,
    },
  });
  const key = { namespace, name: 'hook' };
  const receiver = await api.until(receivers, key, ({ status }) => (status?.conditions ?? []).length > 0);
  const path = receiver.status?.webhookPath ?? '';
  /** Which objects a request had reconciled, after its status; the annotations are taken away again. */
  const post = async (headers: Record<string, string> = {}, body = '{}') => {
    const response = await fetch(`${url}${path}`, { method: 'POST', headers, body });
    await response.text();
    return [response.status, ...(await asked())];
  };
  const asked = async () => {
    const { items } = await api.client.list(gitRepositories, { namespace });
    const told = items.filter(({ metadata }) => metadata.annotations?.[requestedAtAnnotation] !== undefined);
    for (const { metadata } of told)
      await api.client.patch(gitRepositories, metadata, {
        metadata: { annotations: { [requestedAtAnnotation]: null } },
      });
    return told.map(({ metadata }) => metadata.name).sort();
  };
  return { api, url, path, receiver, post };
}

test('the path is told in the status, and leads to the objects that the receiver names', async (t) => {
  const { path, receiver, post } = await startReceiver(t, {});
  const { stdout } = await run('sha256sum', [], { input: `${token}hookteam`, timeoutMs: 10_000 });
  assert.equal(path, `/hook/${stdout.split(' ')[0]}`);
  const ready = findCondition(receiver.status?.conditions, 'Ready');
  assert.deepEqual([ready?.status, ready?.reason], ['True', 'Succeeded']);
  assert.deepEqual(await post(), [200, 'web']);
});

test('signatures and tokens of each sender are asked for', async (t) => {
  const { api, post } = await startReceiver(t, {});
  const body = '{"ref":"refs/heads/main"}';
  const sha256 = await sign('sha256', body);
  const sha1 = await sign('sha1', body);
  const sha512 = await sign('sha512', body);
  const cases: [string, Record<string, string>][] = [
    ['generic-hmac', { 'X-Signature': `sha256=${sha256}` }],
    ['generic-hmac', { 'X-Signature': `sha512=${sha512}` }],
    ['github', { 'X-Hub-Signature-256': `sha256=${sha256}`, 'X-GitHub-Event': 'push' }],
    ['github', { 'X-Hub-Signature': `sha1=${sha1}`, 'X-GitHub-Event': 'push' }],
    ['gitea', { 'X-Gitea-Signature': sha256, 'X-Gitea-Event': 'push' }],
    ['forgejo', { 'X-Forgejo-Signature': sha256, 'X-Forgejo-Event': 'push' }],
    ['gitlab', { 'X-Gitlab-Token': token, 'X-Gitlab-Event': 'Push Hook' }],
    ['bitbucket', { 'X-Hub-Signature': `sha256=${sha256}`, 'X-Event-Key': 'repo:refs_changed' }],
    ['harbor', { Authorization: token }],
    ['nexus', { 'X-Nexus-Webhook-Signature': sha1 }],
  ];
  for (const [type, headers] of cases) {
    const { metadata } = await api.client.patch(receivers, { namespace, name: 'hook' }, { spec: { type } });
    await api.until(
      receivers,
      { namespace, name: 'hook' },
      ({ status }) => status?.observedGeneration === metadata.generation,
    );
    assert.deepEqual(await post(headers, body), [200, 'web'], type);
    const [name = '', value = ''] = Object.entries(headers)[0] ?? [];
    const wrong = value.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
    assert.deepEqual(await post({ ...headers, [name]: wrong }, body), [400], `${type} with a wrong ${name}`);
    assert.deepEqual(await post({}, body), [400], `${type} without headers`);
    if (!['gitlab', 'harbor'].includes(type))
      assert.deepEqual(await post(headers, `${body} `), [400], `${type} with another body`);
  }
});

test('only the events that are listed are taken, in any case of letters', async (t) => {
  const { post } = await startReceiver(t, { type: 'gitlab', events: ['Push Hook', 'Tag Push Hook'] });
  const send = (event: string) => post({ 'X-Gitlab-Token': token, 'X-Gitlab-Event': event });
  assert.deepEqual(await send('push hook'), [200, 'web']);
  assert.deepEqual(await send('Issue Hook'), [400]);
});

test('labels choose objects, and filters look at the request and the object', async (t) => {
  const json = { 'content-type': 'application/json' };
  const { post } = await startReceiver(t, {
    resources: [
      { kind: 'GitRepository', name: '*', matchLabels: { team: 'red' } },
      { kind: 'GitRepository', name: 'docs', filter: 'req.docs == true' },
    ],
    resourceFilter: "req.all == true || req.repository.full_name.endsWith('/' + res.metadata.name)",
  });
  assert.deepEqual(await post(json, '{"all":true,"docs":true}'), [200, 'docs', 'shop', 'web']);
  assert.deepEqual(await post(json, '{"all":false,"docs":false,"repository":{"full_name":"red/shop"}}'), [200, 'shop']);
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const payload = new URLSearchParams({ payload: '{"all":true,"docs":false}' }).toString();
  assert.deepEqual(await post(form, payload), [200, 'shop', 'web']);
  assert.deepEqual(await post(json, '{"all":'), [400]);
});

test('what cannot be told is an error and an event, and the others are told', async (t) => {
  const { api, post } = await startReceiver(t, {
    resources: [
      { kind: 'GitRepository', name: 'gone' },
      { kind: 'GitRepository', name: 'web' },
      { kind: 'ImageUpdateAutomation', name: 'none' },
    ],
  });
  assert.deepEqual(await post(), [500, 'web']);
  const { message } = await api.untilEvent(({ reason }) => reason === 'ReconcileRequestFailed');
  assert.match(message ?? '', /GitRepository\/team\/gone does not exist/);
  assert.match(message ?? '', /apiVersion must be set for the kind ImageUpdateAutomation/);
});

test('requests that fit no receiver are refused with few words', async (t) => {
  const { url, path, post, api } = await startReceiver(t, {});
  const status = async (where: string, init: RequestInit = { method: 'POST' }) => (await fetch(where, init)).status;
  assert.equal(await status(`${url}/hook/${'0'.repeat(64)}`), 404);
  assert.equal(await status(`${url}/`), 404);
  assert.equal(await status(`${url}${path}`, { method: 'GET' }), 405);
  assert.equal(await status(`${url}${path}`, { method: 'POST', body: 'x'.repeat(3 * 1024 * 1024 + 1) }), 413);
  await api.client.patch(receivers, { namespace, name: 'hook' }, { spec: { suspend: true } });
  await api.until(receivers, { namespace, name: 'hook' }, ({ spec }) => spec?.suspend === true);
  assert.deepEqual(await post(), [503]);
});

test('a receiver that cannot work says why, and heals when its Secret comes', async (t) => {
  const { api, receiver } = await startReceiver(t, { secretRef: { name: 'later' } });
  const key = { namespace, name: 'hook' };
  const missing = findCondition(receiver.status?.conditions, 'Ready');
  assert.deepEqual([missing?.status, missing?.reason], ['False', 'TokenNotFound']);
  await api.client.create(secrets, { metadata: { namespace, name: 'later' }, stringData: { token } });
  await api.until(receivers, key, ({ status }) => status?.webhookPath !== undefined);
  await api.untilEvent(({ reason, type }) => reason === 'Succeeded' && type === 'Normal');
  await api.client.patch(receivers, key, { spec: { resourceFilter: 'req.tag +' } });
  const stalled = await api.until(
    receivers,
    key,
    ({ status }) => findCondition(status?.conditions, 'Stalled') !== undefined,
  );
  assert.equal(findCondition(stalled.status?.conditions, 'Ready')?.reason, 'InvalidCELExpression');
  await api.client.patch(receivers, key, { spec: { resourceFilter: 'res.metadata.name' } });
  const { status } = await api.until(receivers, key, ({ status }) =>
    (findCondition(status?.conditions, 'Ready')?.message ?? '').includes('must give a bool'),
  );
  assert.equal(status?.webhookPath, undefined);
});

test('a failure that lasts has begun once, however often it is tried again', async (t) => {
  const api = await startTestApi(t, gitopsDefinitions);
  let now = Date.parse('2026-01-01T00:00:00Z');
  const clock = { ...api.clock, now: () => (now += 5_000) };
  const controller = startReceiverController({ ...api, clock });
  t.after(() => controller[Symbol.asyncDispose]());
  const key = { namespace, name: 'hook' };
  await api.client.create(receivers, {
    metadata: key,
    spec: { type: 'generic', resources: [{ kind: 'GitRepository', name: 'web' }], secretRef: { name: 'none' } },
  });
  const times = async (requestedAt: string) => {
    await api.client.patch(receivers, key, { metadata: { annotations: { [requestedAtAnnotation]: requestedAt } } });
    const { status } = await api.until(receivers, key, (found) => found.status?.lastHandledReconcileAt === requestedAt);
    return status?.conditions?.map(({ type, lastTransitionTime }) => [type, lastTransitionTime]);
  };
  assert.deepEqual(await times('first'), await times('second'));
});
