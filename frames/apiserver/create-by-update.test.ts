import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestServer, type TestServer } from './test-server.ts';

const configMaps = '/api/v1/namespaces/default/configmaps';
const leases = '/apis/coordination.k8s.io/v1/namespaces/default/leases';
const apply = { 'content-type': 'application/apply-patch+yaml' };
const configuration = (metadata: object) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata });

const messageOf = (body: unknown): string => (body as { message?: string }).message ?? '';

test('apply and PUT create only what their body lets them create', async () => {
  await using api = await startTestServer();
  const url = `${configMaps}/a?fieldManager=m`;
  const withUid = await api.call('PATCH', url, configuration({ name: 'a', uid: 'u' }), apply);
  assert.equal(withUid.status, 409);
  assert.match(messageOf(withUid.body), /uid mismatch: the provided object specified uid u, and no existing object/);
  const withRevision = await api.call('PATCH', url, configuration({ name: 'a', resourceVersion: '1' }), apply);
  assert.equal(withRevision.status, 201);
  const lease = await api.call('PUT', `${leases}/l`, { metadata: { name: 'l', uid: 'u' } });
  assert.equal(lease.status, 409);
  assert.match(messageOf(lease.body), /UID in precondition: u, UID in object meta: $/);
  assert.equal((await api.call('PUT', `${leases}/l`, { metadata: { name: 'l', resourceVersion: '7' } })).status, 201);
  assert.equal((await api.call('PUT', `${configMaps}/b`, { metadata: { name: 'b', uid: 'u' } })).status, 404);
});

test('the right to patch or update is no right to create', async () => {
  await using api = await startTestServer({ tokens: [{ token: 't', user: 'bob' }] });
  await allow(api, ['patch', 'update']);
  const bob = { authorization: 'Bearer t' };
  const applied = () =>
    api.call('PATCH', `${configMaps}/a?fieldManager=m`, configuration({ name: 'a' }), { ...bob, ...apply });
  const { status, body } = await applied();
  assert.equal(status, 403);
  assert.match(messageOf(body), /^configmaps "a" is forbidden: User "bob" cannot create resource "configmaps"/);
  assert.equal((await api.call('PUT', `${leases}/l`, { metadata: { name: 'l' } }, bob)).status, 403);
  await allow(api, ['create']);
  assert.equal((await applied()).status, 201);
  assert.equal((await api.call('PUT', `${leases}/l`, { metadata: { name: 'l' } }, bob)).status, 201);
});

async function allow(api: TestServer, verbs: string[]): Promise<void> {
  const rbac = '/apis/rbac.authorization.k8s.io/v1/namespaces/default';
  const [name] = verbs;
  const rules = [{ apiGroups: ['', 'coordination.k8s.io'], resources: ['configmaps', 'leases'], verbs }];
  await api.call('POST', `${rbac}/roles`, { metadata: { name }, rules });
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name };
  const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'bob' }];
  await api.call('POST', `${rbac}/rolebindings`, { metadata: { name }, roleRef, subjects });
}

test('a configuration of another type is refused by its name', async () => {
  await using api = await startTestServer();
  const refusals: [unknown, string][] = [
    [{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } }, 'invalid object type: /v1, Kind=Secret'],
    [
      { apiVersion: 'apps/v1', kind: 'ConfigMap', metadata: { name: 'a' } },
      'invalid object type: apps/v1, Kind=ConfigMap',
    ],
    ['', 'invalid object type: /, Kind='],
  ];
  for (const [body, message] of refusals) {
    const answer = await api.call('PATCH', `${configMaps}/a?fieldManager=m`, body, apply);
    assert.deepEqual([answer.status, messageOf(answer.body)], [400, message]);
  }
});
