import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { configMaps, pods } from '@croft/api/kinds';
import { type ApiServer, createApiServer } from '@croft/apiserver/server';
import { type Client, createClient } from '@croft/client/client';
import { createEventRecorder } from '@croft/controller/events';
import { systemClock } from '@croft/foundation/clock';
import { silentLog } from '@croft/foundation/log';
import { openMemoryStore } from '@croft/store/memory-store';
import { eventually } from '../support/instance.ts';
import { type Kubectl, startKubectl } from '../support/kubectl.ts';

const stack = new AsyncDisposableStack();
let api: ApiServer;
let client: Client;
let kubectl: Kubectl;
before(async () => {
  const store = stack.use(openMemoryStore());
  api = stack.use(await createApiServer({ store }));
  client = createClient(api.fetch);
  kubectl = stack.use(await startKubectl(api));
  await eventually(async () =>
    assert.ok(await client.find(configMaps, { namespace: 'default', name: 'kube-root-ca.crt' })),
  );
});
after(() => stack.disposeAsync());

/** What a command prints; fails when the command does. Columns stand three blanks apart. */
async function printed(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await kubectl.run(args);
  assert.equal(code, 0, stderr);
  return stdout.replace(/(?<=\S) {2,}/g, '   ').replace(/ +$/gm, '');
}

test('a scale is shown as a table', async () => {
  await printed('create', 'deployment', 'scaled', '--image=web:1', '--replicas=3');
  const table = await printed('get', 'deployment', 'scaled', '--subresource=scale');
  assert.match(table, /^NAME {3}DESIRED {3}AVAILABLE {3}AGE\nscaled {3}3 {3}0 {3}\d+s\n$/);
});

test('events are listed and described in the order in which they were told', async () => {
  const pod = await client.create(pods, {
    metadata: { name: 'eventful', namespace: 'default' },
    spec: { automountServiceAccountToken: false, containers: [{ name: 'main', image: 'web:1' }] },
  });
  const events = createEventRecorder({ client, component: 'kubelet', clock: systemClock, log: silentLog });
  const reasons = ['Scheduled', 'Pulling', 'Pulled', 'Created', 'Started'];
  for (const reason of reasons) events.record(pod, 'Normal', reason, `${reason} it`);
  await eventually(async () => {
    const selected = ['--field-selector=involvedObject.name=eventful', '-o', 'jsonpath={.items[*].reason}'];
    assert.equal(await printed('get', 'events', ...selected), reasons.join(' '));
  });
  const described = await printed('describe', 'pod', 'eventful');
  const shown = described.slice(described.indexOf('Events:')).matchAll(/^ {2}Normal {3}(\w+)/gm);
  assert.deepEqual(
    Array.from(shown, ([, reason]) => reason),
    reasons,
  );
});
