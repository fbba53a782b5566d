import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deployments, events, pods, replicaSets } from '@croft/api/kinds';
import type { Stored } from '@croft/api/object';
import type { Deployment, ReplicaSet } from '@croft/api/types';
import { startCluster } from './cluster.ts';
import { deployment } from './objects.ts';

const revision = 'deployment.kubernetes.io/revision';
const imageOf = (set: Stored<ReplicaSet>) => set.spec?.template?.spec?.containers[0]?.image;
const progress = (object: Stored<Deployment>) => object.status?.conditions?.find(({ type }) => type === 'Progressing');
const setImage = (image: string) => ({ spec: { template: { spec: { containers: [{ name: 'c', image }] } } } });

function isRolledOut(all: Stored<Deployment>[], image: string): Stored<Deployment> | false {
  const [object] = all;
  const { spec, status } = object ?? {};
  const present = spec?.template.spec?.containers[0]?.image === image;
  const done = status?.observedGeneration === object?.metadata.generation && status?.updatedReplicas === spec?.replicas;
  const settled = done && status?.replicas === spec?.replicas && status?.availableReplicas === spec?.replicas;
  return present && settled && object !== undefined ? object : false;
}

test('a Deployment becomes available through its ReplicaSet and Pods', async () => {
  await using cluster = await startCluster();
  cluster.runPods();
  await cluster.client.create(deployments, deployment({ replicas: 2 }));
  const done = await cluster.until(deployments, (all) => isRolledOut(all, 'web:1'));
  assert.equal(progress(done)?.reason, 'NewReplicaSetAvailable');
  assert.equal(done.metadata.annotations?.[revision], '1');
  const { items } = await cluster.client.list(pods, { namespace: 'apps' });
  assert.equal(items.length, 2);
  assert.ok(items.every((pod) => pod.metadata.ownerReferences?.[0]?.kind === 'ReplicaSet'));
  await cluster.until(events, (all) =>
    all.some(({ message }) => /^Scaled up replica set web-\w+ from 0 to 2$/.test(message ?? '')),
  );
});

test('a rolling update never has fewer available Pods than allowed, and goes back by the old template', async () => {
  await using cluster = await startCluster();
  cluster.runPods();
  const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } };
  await cluster.client.create(deployments, deployment({ replicas: 3, strategy }));
  await cluster.until(deployments, (all) => isRolledOut(all, 'web:1'));
  const seen: number[] = [];
  await cluster.client.patch(deployments, cluster.key('web'), setImage('web:2'), { type: 'strategic' });
  await cluster.until(deployments, (all) => {
    seen.push(all[0]?.status?.availableReplicas ?? 0);
    return isRolledOut(all, 'web:2');
  });
  assert.ok(Math.min(...seen) >= 3, `available: ${seen}`);
  await cluster.client.patch(deployments, cluster.key('web'), setImage('web:1'), { type: 'strategic' });
  const back = await cluster.until(deployments, (all) => isRolledOut(all, 'web:1'));
  assert.equal(back.metadata.annotations?.[revision], '3');
  const { items } = await cluster.client.list(replicaSets, { namespace: 'apps' });
  assert.deepEqual(
    items.map((set) => [imageOf(set), set.spec?.replicas, set.metadata.annotations?.[revision]]).sort(),
    [
      ['web:1', 3, '3'],
      ['web:2', 0, '2'],
    ],
  );
});

test('a version that never becomes ready leaves the old one serving and is told as too late', async () => {
  await using cluster = await startCluster();
  cluster.runPods((pod) => pod.spec?.containers[0]?.image !== 'broken');
  await cluster.client.create(deployments, deployment({ replicas: 1, progressDeadlineSeconds: 1 }));
  await cluster.until(deployments, (all) => isRolledOut(all, 'web:1'));
  await cluster.client.patch(deployments, cluster.key('web'), setImage('broken'), { type: 'strategic' });
  const late = await cluster.until(deployments, (all) =>
    all.find((object) => progress(object)?.reason === 'ProgressDeadlineExceeded'),
  );
  assert.equal(late.status?.availableReplicas, 1);
  await cluster.client.patch(deployments, cluster.key('web'), setImage('web:1'), { type: 'strategic' });
  const back = await cluster.until(deployments, (all) => isRolledOut(all, 'web:1'));
  assert.equal(back.status?.unavailableReplicas, undefined);
});

test('Recreate has no old Pod left before it makes a new one', async () => {
  await using cluster = await startCluster();
  cluster.runPods();
  await cluster.client.create(deployments, deployment({ replicas: 2, strategy: { type: 'Recreate' } }));
  await cluster.until(deployments, (all) => isRolledOut(all, 'web:1'));
  const mixed: string[][] = [];
  await cluster.client.patch(deployments, cluster.key('web'), setImage('web:2'), { type: 'strategic' });
  await cluster.until(pods, (all) => {
    const images = [...new Set(all.map((pod) => pod.spec?.containers[0]?.image ?? ''))];
    if (images.length > 1) mixed.push(images);
    return all.length === 2 && images[0] === 'web:2';
  });
  assert.deepEqual(mixed, []);
});

test('only so many old ReplicaSets are kept; a paused Deployment does not roll out', async () => {
  await using cluster = await startCluster();
  cluster.runPods();
  await cluster.client.create(deployments, deployment({ replicas: 1, revisionHistoryLimit: 1 }));
  for (const image of ['web:1', 'web:2', 'web:3']) {
    await cluster.client.patch(deployments, cluster.key('web'), setImage(image), { type: 'strategic' });
    await cluster.until(deployments, (all) => isRolledOut(all, image));
  }
  await cluster.until(replicaSets, (all) => all.length === 2);
  await cluster.client.patch(deployments, cluster.key('web'), { spec: { paused: true } });
  await cluster.client.patch(deployments, cluster.key('web'), setImage('web:4'), { type: 'strategic' });
  await cluster.client.patch(deployments, cluster.key('web'), { spec: { replicas: 2 } });
  const scaled = await cluster.until(replicaSets, (all) => all.find((set) => set.spec?.replicas === 2));
  assert.equal(imageOf(scaled), 'web:3');
  await cluster.until(deployments, ([object]) => object && progress(object)?.reason === 'DeploymentPaused');
  await cluster.client.patch(deployments, cluster.key('web'), { spec: { paused: false } });
  await cluster.until(deployments, (all) => isRolledOut(all, 'web:4'));
});

test('scaling during a rollout keeps the proportion of old and new', async () => {
  await using cluster = await startCluster();
  cluster.runPods((pod) => pod.spec?.containers[0]?.image !== 'broken');
  const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 3, maxUnavailable: 2 } };
  await cluster.client.create(deployments, deployment({ replicas: 10, strategy }));
  await cluster.until(deployments, (all) => isRolledOut(all, 'web:1'));
  await cluster.client.patch(deployments, cluster.key('web'), setImage('broken'), { type: 'strategic' });
  const sizes = (all: Stored<ReplicaSet>[]) => all.map((set) => [imageOf(set), set.spec?.replicas]).sort();
  const stuck = [
    ['broken', 5],
    ['web:1', 8],
  ];
  await cluster.until(replicaSets, (all) => JSON.stringify(sizes(all)) === JSON.stringify(stuck));
  await cluster.client.patch(deployments, cluster.key('web'), { spec: { replicas: 15 } });
  const spread = [
    ['broken', 7],
    ['web:1', 11],
  ];
  await cluster.until(replicaSets, (all) => JSON.stringify(sizes(all)) === JSON.stringify(spread));
});

test('Pods that are deleted come back; the size follows the scale subresource', async () => {
  await using cluster = await startCluster();
  cluster.runPods();
  await cluster.client.create(deployments, deployment({ replicas: 1 }));
  await cluster.until(deployments, (all) => isRolledOut(all, 'web:1'));
  const { items } = await cluster.client.list(pods, { namespace: 'apps' });
  await cluster.client.remove(pods, cluster.key(items[0]?.metadata.name ?? ''));
  await cluster.until(pods, (all) => all.length === 1 && all[0]?.metadata.uid !== items[0]?.metadata.uid);
  await cluster.client.patch(deployments, cluster.key('web'), { spec: { replicas: 4 } }, { subresource: 'scale' });
  const grown = await cluster.until(
    deployments,
    (all) => isRolledOut(all, 'web:1') && all[0]?.spec?.replicas === 4 && all[0],
  );
  assert.equal(grown.status?.readyReplicas, 4);
});
