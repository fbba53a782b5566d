import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestServer } from './test-server.ts';

const rbac = '/apis/rbac.authorization.k8s.io/v1';
const apiGroup = 'rbac.authorization.k8s.io';
const bob = { authorization: 'Bearer t' };

const messageOf = (body: unknown): string => (body as { message?: string }).message ?? '';

test('a role that is bound but not there is named where access is denied', async () => {
  await using api = await startTestServer({ tokens: [{ token: 't', user: 'bob' }] });
  const subjects = [{ apiGroup, kind: 'User', name: 'bob' }];
  const bind = async (kind: string, name: string) => {
    const binding = { metadata: { name }, roleRef: { apiGroup, kind, name }, subjects };
    await api.call('POST', `${rbac}/namespaces/default/rolebindings`, binding);
  };
  await bind('Role', 'gone');
  const missing = 'role.rbac.authorization.k8s.io "gone" not found';
  const denied = await api.call('GET', '/api/v1/namespaces/default/pods', undefined, bob);
  assert.equal(denied.status, 403);
  assert.ok(messageOf(denied.body).endsWith(`in the namespace "default": RBAC: ${missing}`), messageOf(denied.body));
  await bind('ClusterRole', 'lost');
  const twice = await api.call('GET', '/api/v1/namespaces/default/pods', undefined, bob);
  assert.ok(messageOf(twice.body).endsWith(`RBAC: [${missing}, cluster${missing.replace('gone', 'lost')}]`));
  const spec = { namespace: 'default' };
  const review = await api.call('POST', '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', { spec }, bob);
  const { status } = review.body as { status: { evaluationError: string } };
  assert.equal(status.evaluationError, `[${missing}, cluster${missing.replace('gone', 'lost')}]`);
});

test('who may write roles, but not grant these, is told what is missing and what could not be looked up', async () => {
  await using api = await startTestServer({ tokens: [{ token: 't', user: 'bob' }] });
  const roles = `${rbac}/namespaces/default/roles`;
  const rules = [{ apiGroups: [apiGroup], resources: ['roles'], verbs: ['create'] }];
  await api.call('POST', roles, { metadata: { name: 'writer' }, rules });
  const subjects = [{ apiGroup, kind: 'User', name: 'bob' }];
  for (const name of ['gone', 'writer']) {
    const roleRef = { apiGroup, kind: 'Role', name };
    await api.call('POST', `${rbac}/namespaces/default/rolebindings`, { metadata: { name }, roleRef, subjects });
  }
  const granted = [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }];
  const { status, body } = await api.call('POST', roles, { metadata: { name: 'more' }, rules: granted }, bob);
  assert.equal(status, 403);
  const missing = '{APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}';
  const unresolved = '; resolution errors: [role.rbac.authorization.k8s.io "gone" not found]';
  assert.ok(messageOf(body).endsWith(`not currently held:\n${missing}${unresolved}`), messageOf(body));
});
