import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestServer } from './test-server.ts';

interface Event {
  verb: string;
  user: { username: string };
  impersonatedUser?: { username: string };
  objectRef: Record<string, string>;
  responseStatus: { code: number };
  annotations: Record<string, string>;
}

test('tells who changed what, and who read secrets, but not what was in it', async () => {
  const lines: string[] = [];
  await using server = await startTestServer({ audit: { write: (line) => lines.push(line) } });
  const secrets = '/api/v1/namespaces/default/secrets';
  await server.call('POST', secrets, { metadata: { name: 's' }, stringData: { password: 'hidden' } });
  await server.call('GET', '/api/v1/namespaces/default/configmaps');
  await server.call('GET', `${secrets}/s`, undefined, { 'impersonate-user': 'bob' });
  const events = lines.map((line) => JSON.parse(line) as Event);
  assert.deepEqual(
    events.map(({ verb, objectRef, responseStatus }) => [
      verb,
      objectRef.resource,
      objectRef.name,
      responseStatus.code,
    ]),
    [
      ['create', 'secrets', undefined, 201],
      ['get', 'secrets', 's', 403],
    ],
  );
  assert.equal(events[1]?.user.username, 'croft');
  assert.equal(events[1]?.impersonatedUser?.username, 'bob');
  assert.equal(events[1]?.annotations['authorization.k8s.io/decision'], 'forbid');
  assert.ok(!lines.join('').includes('hidden'));
});

test('rules say what is told', async () => {
  const lines: string[] = [];
  const rules = [{ level: 'Metadata', verbs: ['list'] }] as const;
  await using server = await startTestServer({ audit: { write: (line) => lines.push(line), rules } });
  await server.call('GET', '/api/v1/nodes');
  await server.call('POST', '/api/v1/namespaces', { metadata: { name: 'a' } });
  assert.equal(lines.length, 1);
});
