import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pods, replicationControllers, serviceAccounts } from '@croft/api/kinds';
import type { ReplicationController } from '@croft/api/types';
import { startCluster } from './cluster.ts';

const labels = { app: 'old' };

function controller(replicas: number): ReplicationController {
  const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'old:1' }] } };
  return { metadata: { name: 'old', namespace: 'apps' }, spec: { replicas, template } };
}

test('a ReplicationController adopts what fits, makes what is missing and deletes what is too much', async () => {
  await using cluster = await startCluster();
  cluster.runPods();
  await cluster.until(serviceAccounts, (all) => all.length > 0);
  const alone = { name: 'alone', namespace: 'apps', labels };
  await cluster.client.create(pods, { metadata: alone, spec: { containers: [{ name: 'c', image: 'old:1' }] } });
  await cluster.client.create(replicationControllers, controller(3));
  const three = await cluster.until(pods, (all) => all.length === 3 && all);
  assert.ok(three.every(({ metadata }) => metadata.ownerReferences?.[0]?.kind === 'ReplicationController'));
  assert.ok(three.some(({ metadata }) => metadata.name === 'alone'));
  await cluster.until(replicationControllers, ([found]) => found?.status?.readyReplicas === 3);
  await cluster.client.patch(replicationControllers, cluster.key('old'), { spec: { replicas: 1 } });
  await cluster.until(pods, (all) => all.length === 1);
  await cluster.until(replicationControllers, ([found]) => found?.status?.replicas === 1);
  await cluster.client.delete(replicationControllers, cluster.key('old'));
  await cluster.until(pods, (all) => all.length === 0);
});
