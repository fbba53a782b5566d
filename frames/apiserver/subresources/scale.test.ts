import assert from 'node:assert/strict';
import { test } from 'node:test';
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
