import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { startTestServer } from '../test-server.ts';

const deployments = '/apis/apps/v1/namespaces/default/deployments';
const apply = { 'content-type': 'application/apply-patch+yaml' };
const scaleTo = (replicas: number) => ({
  apiVersion: 'autoscaling/v1',
  kind: 'Scale',
  metadata: { name: 'd' },
  spec: { replicas },
});

test('applying a scale is in conflict with whoever owns the replicas', async () => {
  await using api = await startTestServer();
  const labels = { app: 'd' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i' }] } };
  const spec = { replicas: 2, selector: { matchLabels: labels }, template };
  const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' }, spec };
  await api.call('PATCH', `${deployments}/d?fieldManager=owner`, deployment, apply);

  const refused = await api.call('PATCH', `${deployments}/d/scale?fieldManager=hpa`, scaleTo(4), apply);
  assert.equal(refused.status, 409);
  const { message } = refused.body as { message: string };
  assert.equal(message, 'Apply failed with 1 conflict: conflict with "owner": .spec.replicas');

  const forced = await api.call('PATCH', `${deployments}/d/scale?fieldManager=hpa&force=true`, scaleTo(4), apply);
  assert.deepEqual((forced.body as { spec: object }).spec, { replicas: 4 });
  const { body } = await api.call('GET', `${deployments}/d`);
  const { managedFields } = (body as { metadata: { managedFields: { manager: string; subresource?: string }[] } })
    .metadata;
  assert.deepEqual(managedFields.map(({ manager, subresource = '' }) => `${manager}/${subresource}`).sort(), [
    'hpa/scale',
    'owner/',
  ]);
  const other = await api.call('PATCH', `${deployments}/d/scale?fieldManager=hpa`, deployment, apply);
  assert.equal((other.body as { message: string }).message, 'invalid object type: apps/v1, Kind=Deployment');
});

test('a custom resource that does not say its replicas can be scaled, but not left as it is', async () => {
  await using api = await startTestServer();
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  const scale = { specReplicasPath: '.spec.count', statusReplicasPath: '.status.count' };
  const version = { name: 'v1', served: true, storage: true, schema, subresources: { status: {}, scale } };
  const names = { plural: 'foos', singular: 'foo', kind: 'Foo', listKind: 'FooList' };
  const spec = { group: 'e.org', scope: 'Namespaced', names, versions: [version] };
  const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  await api.call('POST', definitions, { metadata: { name: 'foos.e.org' }, spec });
  const foos = '/apis/e.org/v1/namespaces/default/foos';
  const foo = { apiVersion: 'e.org/v1', kind: 'Foo', metadata: { name: 'd' } };
  while ((await api.call('POST', foos, foo)).status !== 201) await setImmediate();
  const merge = { 'content-type': 'application/merge-patch+json' };
  const patch = async (body: unknown, query = '') => await api.call('PATCH', `${foos}/d/scale${query}`, body, merge);

  assert.equal((await api.call('GET', `${foos}/d/scale`)).status, 500);
  const empty = (await patch({})).body as { message: string };
  assert.equal(empty.message, 'the spec replicas field ".spec.count" cannot be empty');
  assert.equal((await patch({ spec: { replicas: 'x' } })).status, 422);
  assert.equal((await patch('{')).status, 400);
  const scaled = await patch({ spec: { replicas: 3, foo: 1 } });
  assert.deepEqual((scaled.body as { spec: object }).spec, { replicas: 3 });
  assert.equal(scaled.headers.get('warning'), '299 - "unknown field \\"spec.foo\\""');
  assert.equal((await patch({ spec: { foo: 1 } }, '?fieldValidation=Strict')).status, 422);
});
