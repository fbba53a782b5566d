import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openMemoryStore } from '@croft/store/memory-store';
import { startTestServer } from './test-server.ts';

const configMaps = '/api/v1/namespaces/default/configmaps';
const configMap = (name: string, data: Record<string, string> = {}) => ({ metadata: { name }, data });

interface Meta {
  metadata: { resourceVersion: string; uid: string; name: string };
}

test('malformed requests are refused with a Status, never as a failure of the server', async () => {
  await using api = await startTestServer();
  const refused: [string, string, unknown?, Record<string, string>?][] = [
    ['POST', configMaps, '{"metadata":'],
    ['POST', configMaps, 'null'],
    ['POST', configMaps, '"text"'],
    ['POST', configMaps, { metadata: 'no' }],
    ['POST', configMaps, { metadata: { name: { deep: 1 } } }],
    ['POST', configMaps, { metadata: { name: 'x', labels: { a: ['b'] } } }],
    ['POST', configMaps, { metadata: { name: '__proto__' } }],
    ['POST', configMaps, 'a: [', { 'content-type': 'application/yaml' }],
    ['POST', configMaps, 'x', { 'content-type': 'application/vnd.kubernetes.protobuf' }],
    ['POST', configMaps, 'x', { 'content-type': 'text/plain' }],
    ['PATCH', `${configMaps}/kube-root-ca.crt`, '[', { 'content-type': 'application/json-patch+json' }],
    ['PATCH', `${configMaps}/kube-root-ca.crt`, '[]', { 'content-type': 'application/merge-patch+json' }],
    [
      'PATCH',
      `${configMaps}/kube-root-ca.crt?fieldManager=m`,
      '[1]',
      { 'content-type': 'application/apply-patch+yaml' },
    ],
    ['GET', `${configMaps}?labelSelector=a%20in%20(`],
    ['GET', `${configMaps}?fieldSelector=%00`],
    ['GET', `${configMaps}?limit=1&continue=e30`],
    ['GET', `${configMaps}?resourceVersion=-1`],
    ['GET', `${configMaps}?resourceVersion=99999999`],
    ['GET', '/api/v1/namespaces/%zz/configmaps/%'],
    ['DELETE', `${configMaps}/kube-root-ca.crt?gracePeriodSeconds=soon`],
    ['DELETE', `${configMaps}/kube-root-ca.crt`, { propagationPolicy: 'Nope' }],
    ['TRACE_IT', configMaps],
  ];
  for (const [method, path, body, headers] of refused) {
    const { status, body: answer } = await api.call(method, path, body, headers);
    const shown = `${method} ${path} ${JSON.stringify(body)}: ${status} ${JSON.stringify(answer)}`;
    assert.ok(status >= 400 && status !== 500, shown);
    assert.equal((answer as { kind: string }).kind, 'Status', shown);
  }
});

test('concurrent updates without a resourceVersion all land, with one only the first', async () => {
  await using api = await startTestServer();
  const made = (await api.call('POST', configMaps, configMap('c'))).body as Meta;
  const patch = { 'content-type': 'application/merge-patch+json' };
  const patches = Array.from({ length: 20 }, (_, index) =>
    api.call('PATCH', `${configMaps}/c`, { data: { [`k${index}`]: 'v' } }, patch),
  );
  assert.deepEqual(new Set((await Promise.all(patches)).map(({ status }) => status)), new Set([200]));
  const { data } = (await api.call('GET', `${configMaps}/c`)).body as { data: object };
  assert.equal(Object.keys(data).length, 20);
  const stale = { metadata: { name: 'c', resourceVersion: made.metadata.resourceVersion }, data: {} };
  assert.equal((await api.call('PUT', `${configMaps}/c`, stale)).status, 409);
});

test('what was stored is served again by the next start, custom resources too', async () => {
  await using store = openMemoryStore();
  const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const things = '/apis/example.org/v1/namespaces/default/things';
  const names = { plural: 'things', kind: 'Thing' };
  const schema = {
    openAPIV3Schema: {
      type: 'object',
      properties: { spec: { type: 'object', properties: { n: { type: 'integer' } } } },
    },
  };
  const versions = [{ name: 'v1', served: true, storage: true, schema }];
  {
    await using api = await startTestServer({ store });
    const definition = {
      metadata: { name: 'things.example.org' },
      spec: { group: 'example.org', scope: 'Namespaced', names, versions },
    };
    assert.equal((await api.call('POST', definitions, definition)).status, 201);
    const thing = { apiVersion: 'example.org/v1', kind: 'Thing', metadata: { name: 't' }, spec: { n: 1 } };
    let status = 404;
    while (status === 404) {
      await new Promise(setImmediate);
      status = (await api.call('POST', things, thing)).status;
    }
    assert.equal(status, 201);
  }
  await using again = await startTestServer({ store });
  const found = (await again.call('GET', `${things}/t`)).body as { spec: unknown };
  assert.deepEqual(found.spec, { n: 1 });
});

test('nobody grants rights that they do not have', async () => {
  const tokens = [{ token: 't', user: 'jane' }];
  await using api = await startTestServer({ tokens });
  const roles = '/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles';
  const bindings = '/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings';
  const rules = [
    { apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles', 'rolebindings'], verbs: ['create'] },
    { apiGroups: [''], resources: ['configmaps'], verbs: ['get'] },
  ];
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'delegate' };
  const subjects = [{ kind: 'User', name: 'jane', apiGroup: 'rbac.authorization.k8s.io' }];
  await api.call('POST', roles, { metadata: { name: 'delegate' }, rules });
  await api.call('POST', bindings, { metadata: { name: 'delegate' }, roleRef, subjects });
  const jane = { authorization: 'Bearer t' };
  const role = (name: string, verb: string) => ({
    metadata: { name },
    rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: [verb] }],
  });
  assert.equal((await api.call('POST', roles, role('may', 'get'), jane)).status, 201);
  const refused = await api.call('POST', roles, role('may-not', 'delete'), jane);
  assert.equal(refused.status, 403);
  assert.match(
    (refused.body as { message: string }).message,
    /attempting to grant RBAC permissions not currently held/,
  );
  const bind = (name: string) => ({ metadata: { name }, subjects, roleRef: { ...roleRef, kind: 'ClusterRole', name } });
  assert.equal((await api.call('POST', bindings, bind('cluster-admin'), jane)).status, 403);
});
