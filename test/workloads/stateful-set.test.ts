import assert from 'node:assert/strict';
import { test } from 'node:test';
import { controllerRevisions, persistentVolumeClaims, pods, statefulSets } from '@croft/api/kinds';
import type { Stored } from '@croft/api/object';
import type { Pod, StatefulSet } from '@croft/api/types';
import { readyStatus, startCluster } from './cluster.ts';
import { statefulSet } from './objects.ts';

const names = (all: Stored<Pod>[]) => all.map(({ metadata }) => metadata.name).sort();
const imageOf = (pod: Stored<Pod>) => pod.spec?.containers[0]?.image;
const setImage = (image: string) => ({ spec: { template: { spec: { containers: [{ name: 'c', image }] } } } });
const claim = {
  metadata: { name: 'data' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
};

function isSettled(all: Stored<StatefulSet>[]): Stored<StatefulSet> | false {
  const [set] = all;
  const { replicas = 1 } = set?.spec ?? {};
  const { status } = set ?? {};
  const observed = status?.observedGeneration === set?.metadata.generation;
  const done = (status?.updatedReplicas ?? 0) === replicas && (status?.readyReplicas ?? 0) === replicas;
  return observed && done && status?.replicas === replicas && set !== undefined ? set : false;
}

test('Pods come one after the other, each with its name, its host name and its claim', async () => {
  await using cluster = await startCluster();
  await cluster.client.create(statefulSets, statefulSet({ replicas: 2, volumeClaimTemplates: [claim] }));
  const first = await cluster.until(pods, (all) => all[0]);
  assert.equal(first.metadata.name, 'db-0');
  assert.equal(first.metadata.generateName, 'db-');
  assert.equal(first.spec?.hostname, 'db-0');
  assert.equal(first.spec?.subdomain, 'db');
  assert.equal(first.metadata.labels?.['apps.kubernetes.io/pod-index'], '0');
  assert.deepEqual(first.spec?.volumes?.[0], { name: 'data', persistentVolumeClaim: { claimName: 'data-db-0' } });
  await cluster.setPodStatus(first, readyStatus(first));
  await cluster.until(pods, (all) => names(all).join() === 'db-0,db-1');
  const claims = await cluster.client.list(persistentVolumeClaims, { namespace: 'apps' });
  assert.deepEqual(claims.items.map(({ metadata }) => metadata.name).sort(), ['data-db-0', 'data-db-1']);
});

test('an update goes from the highest to the lowest and ends with one revision', async () => {
  await using cluster = await startCluster();
  cluster.runPods();
  await cluster.client.create(statefulSets, statefulSet({ replicas: 3 }));
  const before = await cluster.until(statefulSets, isSettled);
  const order: string[] = [];
  await cluster.client.patch(statefulSets, cluster.key('db'), setImage('web:2'), { type: 'strategic' });
  await cluster.until(pods, (all) => {
    for (const pod of all) {
      if (imageOf(pod) === 'web:2' && !order.includes(pod.metadata.name)) order.push(pod.metadata.name);
    }
    return order.length === 3;
  });
  assert.deepEqual(order, ['db-2', 'db-1', 'db-0']);
  const after = await cluster.until(statefulSets, isSettled);
  assert.equal(after.status?.currentRevision, after.status?.updateRevision);
  assert.notEqual(after.status?.currentRevision, before.status?.currentRevision);
  assert.equal((await cluster.client.list(controllerRevisions, { namespace: 'apps' })).items.length, 2);
});

test('below the partition nothing is updated', async () => {
  await using cluster = await startCluster();
  cluster.runPods();
  const updateStrategy = { type: 'RollingUpdate', rollingUpdate: { partition: 1 } };
  await cluster.client.create(statefulSets, statefulSet({ replicas: 2, updateStrategy }));
  await cluster.until(statefulSets, isSettled);
  await cluster.client.patch(statefulSets, cluster.key('db'), setImage('web:2'), { type: 'strategic' });
  await cluster.until(statefulSets, ([set]) => set?.status?.updatedReplicas === 1 && set.status.readyReplicas === 2);
  const { items } = await cluster.client.list(pods, { namespace: 'apps' });
  assert.deepEqual(items.map((pod) => `${pod.metadata.name} ${imageOf(pod)}`).sort(), ['db-0 web:1', 'db-1 web:2']);
});

test('a template that never becomes ready is healed by taking it back', async () => {
  await using cluster = await startCluster();
  cluster.runPods((pod) => imageOf(pod) !== 'broken');
  await cluster.client.create(statefulSets, statefulSet({ replicas: 2 }));
  await cluster.until(statefulSets, isSettled);
  await cluster.client.patch(statefulSets, cluster.key('db'), setImage('broken'), { type: 'strategic' });
  await cluster.until(pods, (all) => all.some((pod) => imageOf(pod) === 'broken' && pod.spec?.nodeName === 'node'));
  await cluster.client.patch(statefulSets, cluster.key('db'), setImage('web:1'), { type: 'strategic' });
  await cluster.until(statefulSets, isSettled);
  const { items } = await cluster.client.list(pods, { namespace: 'apps' });
  assert.deepEqual(items.map(imageOf), ['web:1', 'web:1']);
});

test('scaled down, the highest goes first and claims stay unless the policy says otherwise', async () => {
  for (const whenScaled of ['Retain', 'Delete']) {
    await using cluster = await startCluster();
    cluster.runPods();
    const persistentVolumeClaimRetentionPolicy = { whenDeleted: 'Retain', whenScaled };
    const spec = { replicas: 2, volumeClaimTemplates: [claim], persistentVolumeClaimRetentionPolicy };
    await cluster.client.create(statefulSets, statefulSet(spec));
    await cluster.until(statefulSets, isSettled);
    await cluster.client.patch(statefulSets, cluster.key('db'), { spec: { replicas: 1 } });
    await cluster.until(pods, (all) => names(all).join() === 'db-0');
    const kept = whenScaled === 'Retain' ? 2 : 1;
    await cluster.until(persistentVolumeClaims, (all) => all.length === kept);
  }
});

test('Parallel makes all Pods at once; a Pod that ended is made again', async () => {
  await using cluster = await startCluster();
  await cluster.client.create(statefulSets, statefulSet({ replicas: 3, podManagementPolicy: 'Parallel' }));
  const all = await cluster.until(pods, (found) => found.length === 3 && found);
  const [ended] = all;
  assert.ok(ended);
  await cluster.setPodStatus(ended, { phase: 'Failed' });
  await cluster.until(pods, (found) =>
    found.some(({ metadata }) => metadata.name === ended.metadata.name && metadata.uid !== ended.metadata.uid),
  );
});
