import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { secrets } from '@croft/api/kinds';
import { createEventRecorder } from '@croft/controller/events';
import { run } from '@croft/foundation/process';
import { gitopsDefinitions } from '../definitions.ts';
import { type ProviderSpec, providers } from '../provider/types.ts';
import { type Inbox, startInbox } from '../testing/inbox.ts';
import { startTestApi, type TestApi } from '../testing/test-api.ts';
import { gitRepositories } from '../types.ts';
import { startAlerts } from './dispatch.ts';
import { startLookingAfter } from './look-after.ts';
import { type AlertSpec, alerts, type Notification } from './types.ts';

const namespace = 'team';

interface World {
  api: TestApi;
  inbox: Inbox;
  /** Records an event about the GitRepository of this name as its controller would. */
  tell(
    name: string,
    message: string,
    more?: { type?: 'Normal' | 'Warning'; revision?: string; failure?: string },
  ): Promise<void>;
  next(): Promise<Notification>;
}

async function startWorld(
  t: TestContext,
  alert: Partial<AlertSpec> = {},
  provider: (url: string) => Partial<ProviderSpec> = () => ({}),
  answer?: Parameters<typeof startInbox>[1],
): Promise<World> {
  const api = await startTestApi(t, gitopsDefinitions);
  const inbox = await startInbox(t, answer);
  const dispatcher = startAlerts(api, { backoff: { firstMs: 1, maxMs: 2 } });
  t.after(() => dispatcher[Symbol.asyncDispose]());
  await api.client.create(providers, {
    metadata: { namespace, name: 'chat' },
    spec: { type: 'generic', address: inbox.url, ...provider(inbox.url) },
  });
  await api.client.create(alerts, {
    metadata: { namespace, name: 'all' },
    spec: { providerRef: { name: 'chat' }, eventSources: [{ kind: 'GitRepository', name: '*' }], ...alert },
  });
  await api.until(alerts, { namespace, name: 'all' }, () => true);
  const recorder = createEventRecorder({ ...api, component: 'source-controller' });
  return {
    api,
    inbox,
    tell: async (name, message, { type = 'Normal', ...metadata } = {}) => {
      const key = { namespace, name };
      const object =
        (await api.client.find(gitRepositories, key)) ??
        (await api.client.create(gitRepositories, {
          metadata: {
            ...key,
            labels: { app: name },
            annotations: { 'event.toolkit.fluxcd.io/cluster': 'here', other: 'x' },
          },
          spec: { url: 'https://git.example.org/web.git', interval: '1h' },
        }));
      recorder.record(object, type, 'GitOperation', message, metadata);
      await api.untilEvent((event) => event.message === message && event.involvedObject.name === name);
    },
    next: async () => JSON.parse((await inbox.next()).body) as Notification,
  };
}

test('an event is forwarded with its object, severity and metadata', async (t) => {
  const world = await startWorld(t, { eventMetadata: { env: 'test', revision: 'not this', cluster: 'there' } });
  await world.tell('web', 'stored artifact', { revision: 'main@sha1:abc' });
  const { timestamp, involvedObject, ...told } = await world.next();
  assert.deepEqual(told, {
    severity: 'info',
    message: 'stored artifact',
    reason: 'GitOperation',
    metadata: { env: 'test', revision: 'main@sha1:abc', cluster: 'there' },
    reportingController: 'source-controller',
  });
  const { apiVersion, kind, name } = involvedObject;
  assert.deepEqual([apiVersion, kind, name], ['source.toolkit.fluxcd.io/v1', 'GitRepository', 'web']);
  assert.ok(Math.abs(Date.parse(timestamp) - Date.now()) < 60_000);
});

test('the same is told once, another revision or message again', async (t) => {
  const world = await startWorld(t);
  await world.tell('web', 'stored artifact', { revision: '1' });
  assert.equal((await world.next()).metadata?.revision, '1');
  await world.tell('web', 'stored artifact', { revision: '1' });
  await world.tell('web', 'stored artifact', { revision: '2' });
  assert.equal((await world.next()).metadata?.revision, '2');
  await world.tell('shop', 'stored artifact', { revision: '2' });
  assert.equal((await world.next()).involvedObject.name, 'shop');
});

test('a failure that is tried again and again is told once, though in other words', async (t) => {
  const world = await startWorld(t);
  const failure = { type: 'Warning', failure: 'one' } as const;
  await world.tell('web', 'Pod web-1 is broken', failure);
  const told = await world.next();
  assert.deepEqual([told.message, told.metadata?.failure], ['Pod web-1 is broken', undefined]);
  await world.tell('web', 'Pod web-2 is broken', failure);
  await world.tell('web', 'it goes on', { failure: 'one' });
  assert.equal((await world.next()).message, 'it goes on');
  await world.tell('web', 'Pod web-3 is broken', { ...failure, failure: 'two' });
  assert.equal((await world.next()).message, 'Pod web-3 is broken');
});

test('severity, names, labels and patterns choose what is told', async (t) => {
  const world = await startWorld(t, {
    eventSeverity: 'error',
    eventSources: [
      { kind: 'GitRepository', name: 'web' },
      { kind: 'GitRepository', name: '*', matchLabels: { app: 'shop' } },
      { kind: 'GitRepository', name: 'docs', namespace: 'other' },
    ],
    inclusionList: ['^failed.*', 'denied'],
    exclusionList: ['.*(timeout|refused)$'],
  });
  await world.tell('web', 'failed but of no weight');
  await world.tell('docs', 'failed elsewhere', { type: 'Warning' });
  await world.tell('web', 'failed with a timeout', { type: 'Warning' });
  await world.tell('web', 'it failed', { type: 'Warning' });
  await world.tell('shop', 'access denied', { type: 'Warning' });
  assert.equal((await world.next()).message, 'access denied');
  await world.tell('web', 'failed to clone', { type: 'Warning' });
  assert.equal((await world.next()).message, 'failed to clone');
  assert.equal(world.inbox.received.length, 2);
});

test('what happens while an alert is suspended is not told', async (t) => {
  const world = await startWorld(t, { suspend: true });
  await world.tell('web', 'while suspended');
  await world.api.untilEvent(({ message }) => message === 'while suspended');
  await world.api.client.patch(alerts, { namespace, name: 'all' }, { spec: { suspend: false } });
  await world.api.until(alerts, { namespace, name: 'all' }, ({ spec }) => spec?.suspend === false);
  await world.tell('web', 'after that');
  assert.equal((await world.next()).message, 'after that');
});

test('what happened before the start is not told again', async (t) => {
  const world = await startWorld(t, { suspend: true });
  await world.tell('web', 'before');
  const later = { ...world.api, clock: { ...world.api.clock, now: () => Date.now() + 10_000 } };
  const dispatcher = startAlerts(later);
  t.after(() => dispatcher[Symbol.asyncDispose]());
  await world.api.client.patch(alerts, { namespace, name: 'all' }, { spec: { suspend: false } });
  await world.api.until(alerts, { namespace, name: 'all' }, ({ spec }) => spec?.suspend === false);
  await world.tell('web', 'after');
  assert.equal((await world.next()).message, 'after');
  assert.equal((await world.next()).message, 'after');
  assert.equal(world.inbox.received.length, 2);
});

test('a delivery is tried again while the failure may pass', async (t) => {
  const busy = (index: number) => ({ status: [503, 429, 200][index] ?? 200, body: 'busy' });
  const world = await startWorld(t, {}, undefined, busy);
  await world.tell('web', 'first');
  await world.tell('web', 'second');
  const messages = [await world.next(), await world.next(), await world.next(), await world.next()];
  assert.deepEqual(
    messages.map(({ message }) => message),
    ['first', 'first', 'first', 'second'],
  );
});

test('a delivery that fails is an event on the alert, which keeps the secrets', async (t) => {
  const refuse = () => ({ status: 403, body: 'no access with T0PSECRET to /hooks/T1/B2LONGSEGMENT or B2LONGSEGMENT' });
  const world = await startWorld(
    t,
    {},
    (url) => ({ address: `${url}/hooks/T1/B2LONGSEGMENT`, secretRef: { name: 'chat' } }),
    refuse,
  );
  await world.api.client.create(secrets, {
    metadata: { namespace, name: 'chat' },
    stringData: { token: 'T0PSECRET', headers: 'X-Key: HEADERKEY' },
  });
  await world.tell('web', 'hello', { type: 'Warning' });
  const told = await world.api.untilEvent(({ reason }) => reason === 'NotificationDispatchFailed');
  assert.equal(told.involvedObject.kind, 'Alert');
  assert.match(
    told.message ?? '',
    /GitRepository\/team\/web: 127\.0\.0\.1:\d+ answered 403 Forbidden: no access with \*\*\* to \*\*\* or \*\*\*$/,
  );
  assert.equal(world.inbox.received[0]?.headers['x-key'], 'HEADERKEY');
});

test('a missing Provider and a missing Secret are told on the alert', async (t) => {
  const world = await startWorld(t, { providerRef: { name: 'none' } }, () => ({ secretRef: { name: 'gone' } }));
  const key = { namespace, name: 'all' };
  const failure = async (text: RegExp) =>
    await world.api.untilEvent(
      ({ message, involvedObject }) => involvedObject.kind === 'Alert' && text.test(message ?? ''),
    );
  await world.tell('web', 'one');
  await failure(/the Provider team\/none does not exist/);
  await world.api.client.patch(alerts, key, { spec: { providerRef: { name: 'chat' } } });
  await world.api.until(alerts, key, ({ spec }) => spec?.providerRef.name === 'chat');
  await world.tell('web', 'two');
  await failure(/the Secret team\/gone named in spec.secretRef does not exist/);
});

test('generic-hmac signs the body', async (t) => {
  const world = await startWorld(t, {}, () => ({ type: 'generic-hmac', secretRef: { name: 'chat' } }));
  await world.api.client.create(secrets, { metadata: { namespace, name: 'chat' }, stringData: { token: 'key' } });
  await world.tell('web', 'signed');
  const { body, headers } = await world.inbox.next();
  const { stdout } = await run('openssl', ['dgst', '-sha256', '-hmac', 'key', '-r'], {
    input: body,
    timeoutMs: 10_000,
  });
  assert.equal(headers['x-signature'], `sha256=${stdout.split(' ')[0]}`);
  assert.equal(headers['gotk-component'], 'source-controller');
});

test("objects that Flux's controller held can be deleted", async (t) => {
  const { api } = await startWorld(t);
  const controllers = startLookingAfter(api);
  t.after(() => controllers[Symbol.asyncDispose]());
  const held = { metadata: { namespace, name: 'held', finalizers: ['finalizers.fluxcd.io', 'example.org/other'] } };
  await api.client.create(providers, { ...held, spec: { type: 'generic' } });
  const { metadata } = await api.until(providers, held.metadata, (found) => found.metadata.finalizers?.length === 1);
  assert.deepEqual(metadata.finalizers, ['example.org/other']);
});

test('what is wrong with an Alert or a Provider is told before there is anything to tell', async (t) => {
  const world = await startWorld(t, { exclusionList: ['fine', '['] });
  const { api } = world;
  const controllers = startLookingAfter(api);
  t.after(() => controllers[Symbol.asyncDispose]());
  const problemOf = async (kind: string) =>
    (
      await api.untilEvent(
        ({ involvedObject, reason }) => involvedObject.kind === kind && reason === 'ValidationFailed',
      )
    ).message ?? '';
  assert.match(await problemOf('Alert'), /'\[' in inclusionList or exclusionList is no regular expression/);
  await world.tell('web', 'it is told all the same');
  assert.equal((await world.next()).message, 'it is told all the same');
  await api.client.create(providers, { metadata: { namespace, name: 'other' }, spec: { type: 'pagerduty' } });
  assert.equal(await problemOf('Provider'), 'the type pagerduty is not supported here: use generic');
});

test('of several processes each tells the alerts of its share', async (t) => {
  const world = await startWorld(t, { suspend: true });
  const { api } = world;
  const share = startAlerts({ ...api, reconciled: { labelSelector: 'share=one' } });
  t.after(() => share[Symbol.asyncDispose]());
  for (const name of ['one', 'two'])
    await api.client.create(alerts, {
      metadata: { namespace, name, labels: { share: name } },
      spec: {
        providerRef: { name: 'chat' },
        eventSources: [{ kind: 'GitRepository', name: '*' }],
        eventMetadata: { alert: name },
      },
    });
  const shared = api.informers.of(alerts, { labelSelector: 'share=one' });
  while (shared.list().length === 0) await api.clock.wait(5);
  await api.until(alerts, { namespace, name: 'two' }, () => true);
  await world.tell('web', 'hello');
  const told = [await world.next(), await world.next(), await world.next()];
  // The process without a share tells both, the other one its own.
  assert.deepEqual(told.map(({ metadata }) => metadata?.alert).sort(), ['one', 'one', 'two']);
});
