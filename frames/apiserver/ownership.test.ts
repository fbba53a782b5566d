import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { startTestServer } from './test-server.ts';

const apply = { 'content-type': 'application/apply-patch+yaml' };
const merge = { 'content-type': 'application/merge-patch+json' };

interface Shown {
  metadata: {
    generation: number;
    labels?: object;
    managedFields?: { manager: string; fieldsV1: { 'f:metadata'?: object; 'f:status'?: object } }[];
  };
}

const fieldsOf = ({ metadata }: Shown, manager: string) =>
  metadata.managedFields?.find((entry) => entry.manager === manager)?.fieldsV1;

test('who writes a status owns nothing of what that leaves alone', async () => {
  await using api = await startTestServer();
  const deployments = '/apis/apps/v1/namespaces/default/deployments';
  const labels = { app: 'd' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i' }] } };
  await api.call('POST', deployments, {
    metadata: { name: 'd', labels },
    spec: { selector: { matchLabels: labels }, template },
  });
  const status = { metadata: { labels: { x: 'y' }, annotations: { a: 'b' } }, status: { replicas: 1 } };
  const { body } = await api.call('PATCH', `${deployments}/d/status?fieldManager=m`, status, merge);
  assert.deepEqual((body as Shown).metadata.labels, labels);
  const owned = { 'f:annotations': { '.': {}, 'f:a': {} } };
  assert.deepEqual(fieldsOf(body as Shown, 'm'), { 'f:metadata': owned, 'f:status': { 'f:replicas': {} } });
});

test('of a custom resource the status alone is owned through its endpoint', async () => {
  await using api = await startTestServer();
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  const versions = [{ name: 'v1', served: true, storage: true, schema, subresources: { status: {} } }];
  const names = { plural: 'foos', kind: 'Foo' };
  await api.call('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
    metadata: { name: 'foos.e.org' },
    spec: { group: 'e.org', scope: 'Namespaced', names, versions },
  });
  const foos = '/apis/e.org/v1/namespaces/default/foos';
  const foo = { apiVersion: 'e.org/v1', kind: 'Foo', metadata: { name: 'f' } };
  while ((await api.call('POST', foos, foo)).status !== 201) await setImmediate();
  const status = { ...foo, metadata: { name: 'f', labels: { x: 'y' } }, status: { ready: 'yes' } };
  const { body } = await api.call('PATCH', `${foos}/f/status?fieldManager=m`, status, apply);
  assert.deepEqual(fieldsOf(body as Shown, 'm'), { 'f:status': { '.': {}, 'f:ready': {} } });
});

test('annotations of a Deployment count as its spec does, labels and status do not', async () => {
  await using api = await startTestServer();
  const deployments = '/apis/apps/v1/namespaces/default/deployments';
  const labels = { app: 'd' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i' }] } };
  await api.call('POST', deployments, {
    metadata: { name: 'd' },
    spec: { selector: { matchLabels: labels }, template },
  });
  const generationAfter = async (path: string, patch: object) => {
    const { body } = await api.call('PATCH', `${deployments}/d${path}`, patch, merge);
    return (body as Shown).metadata.generation;
  };
  assert.equal(await generationAfter('', { metadata: { labels: { a: 'b' } } }), 1);
  assert.equal(await generationAfter('', { metadata: { annotations: { a: 'b' } } }), 2);
  assert.equal(await generationAfter('/status', { metadata: { annotations: { a: 'c' } }, status: { replicas: 1 } }), 2);
  assert.equal(await generationAfter('', { spec: { replicas: 3 } }), 3);
});
