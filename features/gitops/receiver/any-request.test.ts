import assert from 'node:assert/strict';
import { test } from 'node:test';
import { secrets } from '@croft/api/kinds';
import fc from 'fast-check';
import { gitopsDefinitions } from '../definitions.ts';
import { startTestApi } from '../testing/test-api.ts';
import { gitRepositories } from '../types.ts';
import { startReceiverController } from './controller.ts';
import { createWebhookHandler } from './handle-webhook.ts';
import { receivers } from './types.ts';

const namespace = 'team';
/** With a filter that looks deep into what was sent. */
const resourceFilter = "has(req.commits) && req.commits.all(c, c.id.startsWith('a')) && req.size > 1.0";
const headerNames = ['X-Signature', 'X-Hub-Signature-256', 'X-Hub-Signature', 'X-GitHub-Event', 'X-Gitea-Signature'];
const nexus = 'X-Nexus-Webhook-Signature';

const headerValue = fc.oneof(
  fc.constantFrom('sha256=', 'sha256=zz', `sha1=${'0'.repeat(40)}`, 'push', 'md5=00', ''),
  fc.stringMatching(/^[ -~]{0,80}$/),
);
const content = fc.oneof(
  fc.json(),
  fc.constantFrom('{"commits":[{"id":"a1"}],"size":2}', '{"commits":{}}', 'null', '[', 'payload=%7B', 'payload='),
  fc.string({ unit: 'binary' }),
);
const contentType = fc.constantFrom(
  ...['application/json', 'application/x-www-form-urlencoded', 'text/plain', 'application/cloudevents+json', ';;', ''],
);

test('whatever is sent, the answer is one of the few that there are', async (t) => {
  const api = await startTestApi(t, gitopsDefinitions);
  const controller = startReceiverController(api);
  t.after(() => controller[Symbol.asyncDispose]());
  const handle = createWebhookHandler(api);
  await api.client.create(secrets, { metadata: { namespace, name: 'hook' }, stringData: { token: 'secret' } });
  const spec = { url: 'https://git.example.org/web.git', interval: '1h', suspend: true };
  await api.client.create(gitRepositories, { metadata: { namespace, name: 'web' }, spec });
  const paths: string[] = [];
  for (const type of ['generic', 'generic-hmac', 'github', 'gitea', 'nexus', 'dockerhub', 'cdevents']) {
    const resources = [{ kind: 'GitRepository', name: 'web' }];
    const metadata = { namespace, name: type };
    await api.client.create(receivers, {
      metadata,
      spec: { type, resources, secretRef: { name: 'hook' }, resourceFilter },
    });
    const { status } = await api.until(receivers, metadata, (found) => found.status?.webhookPath !== undefined);
    paths.push(status?.webhookPath ?? '');
  }
  const request = fc.record({
    path: fc.constantFrom(...paths, '/hook/', '/hook/%00', '/hook/../hook', '//'),
    headers: fc.dictionary(fc.constantFrom(...headerNames, nexus), headerValue, { maxKeys: 3 }),
    type: contentType,
    body: content,
  });
  await fc.assert(
    fc.asyncProperty(request, async ({ path, headers, type, body }) => {
      const all = { ...headers, 'content-type': type };
      const response = await handle(new Request(`http://hooks.test${path}`, { method: 'POST', headers: all, body }));
      assert.ok([200, 400, 404, 500].includes(response.status), String(response.status));
      const text = await response.text();
      assert.ok(text.length < 200 && !text.includes('secret') && !/\bat .*\.ts/.test(text), text);
    }),
    { numRuns: 300 },
  );
});
