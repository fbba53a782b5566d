import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { eventually, makeTinyCatalog, startInstance } from '../support/instance.ts';

const token = 'a shared token';

/** What a person applies: a way in for webhooks, and a way out for events. */
const prescriptions = (chat: string) => `
apiVersion: v1
kind: Secret
metadata: {name: hook, namespace: croft-system}
stringData: {token: ${token}}
---
apiVersion: notification.toolkit.fluxcd.io/v1
kind: Receiver
metadata: {name: catalog, namespace: croft-system}
spec:
  type: gitlab
  secretRef: {name: hook}
  resources: [{kind: GitRepository, name: catalog}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: webhooks, namespace: croft-system}
spec:
  rules:
  - host: hooks.croft.localhost
    http:
      paths: [{path: /hook/, pathType: Prefix, backend: {service: {name: webhook-receiver, port: {number: 80}}}}]
---
apiVersion: notification.toolkit.fluxcd.io/v1beta3
kind: Provider
metadata: {name: chat, namespace: croft-system}
spec: {type: slack, address: '${chat}'}
---
apiVersion: notification.toolkit.fluxcd.io/v1beta3
kind: Alert
metadata: {name: catalog, namespace: croft-system}
spec:
  providerRef: {name: chat}
  eventSources: [{kind: GitRepository, name: '*'}, {kind: Kustomization, name: '*'}]
`;

async function startChat(t: TestContext) {
  const messages: string[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    messages.push(Buffer.concat(chunks).toString('utf8'));
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { messages, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/services/T/B` };
}

test('a webhook comes in through the front door, and a push is told in a chat', async (t) => {
  const instance = await startInstance(t, { catalog: await makeTinyCatalog(t), applications: [] });
  const chat = await startChat(t);
  const file = join(instance.dataDir, 'run', 'notifications.yaml');
  await writeFile(file, prescriptions(chat.url));
  await instance.kubectl('apply', '-f', file);
  const read = async (kind: string, path: string) =>
    await instance.kubectl('get', kind, 'catalog', '-n', 'croft-system', '-o', `jsonpath={${path}}`);
  const path = await eventually(async () => {
    const found = await read('receivers.notification.toolkit.fluxcd.io', '.status.webhookPath');
    assert.match(found, /^\/hook\/[0-9a-f]{64}$/);
    return found;
  });
  const post = (given: string) =>
    instance.ask('hooks.croft.localhost', path, { method: 'POST', headers: { 'x-gitlab-token': given }, body: '{}' });
  // The address is written once the front door serves the Ingress and the old configuration is gone.
  const served = '--for=jsonpath={.status.loadBalancer.ingress}';
  await instance.kubectl('wait', served, 'ingress/webhooks', '-n', 'croft-system', '--timeout=60s');
  assert.equal((await post(token)).status, 200);
  assert.equal((await post('another')).status, 400);
  await eventually(async () => assert.notEqual(await read('gitrepositories', '.status.lastHandledReconcileAt'), ''));

  const metrics = await instance.kubectl('get', '--raw', '/metrics');
  assert.match(metrics, /^controller_runtime_reconcile_total\{controller="receiver",result="requeue_after"\} [1-9]/m);
  assert.match(metrics, /^workqueue_depth\{controller="kustomization",name="kustomization"\} 0$/m);

  await instance.push({ 'note.txt': 'changed\n' });
  await eventually(async () => {
    const revision = await read('gitrepositories', '.status.artifact.revision');
    const told = chat.messages.filter((message) => message.includes(revision));
    assert.ok(
      told.some((message) => message.includes('gitrepository/catalog.croft-system')),
      chat.messages.join('\n'),
    );
  });
});
