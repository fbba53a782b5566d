import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deployments, jobs, pods, statefulSets } from '@croft/api/kinds';
import { startCluster } from './cluster.ts';
import { deployment, job, statefulSet } from './objects.ts';

test('controllers that are restarted again and again make nothing twice and lose nothing', async () => {
  await using cluster = await startCluster();
  cluster.runPods();
  await cluster.client.create(
    deployments,
    deployment({ replicas: 5, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } } }),
  );
  let most = 0;
  for (let round = 0; round < 6; round += 1) {
    const change = { spec: { template: { spec: { containers: [{ name: 'c', image: `web:${round}` }] } } } };
    await cluster.client.patch(deployments, cluster.key('web'), change, { type: 'strategic' });
    await cluster.restart();
    const { items } = await cluster.client.list(pods, { namespace: 'apps' });
    most = Math.max(most, items.filter(({ metadata }) => metadata.deletionTimestamp === undefined).length);
  }
  await cluster.until(deployments, ([object]) => {
    const { availableReplicas, updatedReplicas, replicas } = object?.status ?? {};
    return availableReplicas === 5 && updatedReplicas === 5 && replicas === 5;
  });
  const { items } = await cluster.client.list(pods, { namespace: 'apps' });
  assert.deepEqual([...new Set(items.map((pod) => pod.spec?.containers[0]?.image))], ['web:5']);
  assert.equal(items.length, 5);
  assert.ok(most <= 6, `there were ${most} Pods at once`);
});

test('a restart in the middle of a Job counts each Pod once', async () => {
  await using cluster = await startCluster();
  await cluster.client.create(jobs, job({ completions: 6, parallelism: 2 }));
  for (let done = 0; done < 6; done += 1) {
    const pod = await cluster.until(pods, (all) => all.find(({ status }) => status?.phase === 'Pending'));
    await cluster.setPodStatus(pod, { phase: 'Succeeded' });
    await cluster.restart();
  }
  const over = await cluster.until(jobs, ([object]) =>
    object?.status?.conditions?.some(({ type }) => type === 'Complete') ? object : undefined,
  );
  assert.equal(over.status?.succeeded, 6);
  assert.equal((await cluster.client.list(pods, { namespace: 'apps' })).items.length, 6);
});

test('an update of a StatefulSet goes on after a restart', async () => {
  await using cluster = await startCluster();
  cluster.runPods();
  await cluster.client.create(statefulSets, statefulSet({ replicas: 3 }));
  await cluster.until(statefulSets, ([set]) => set?.status?.readyReplicas === 3);
  const change = { spec: { template: { spec: { containers: [{ name: 'c', image: 'web:2' }] } } } };
  await cluster.client.patch(statefulSets, cluster.key('db'), change, { type: 'strategic' });
  await cluster.until(pods, (all) => all.some((pod) => pod.spec?.containers[0]?.image === 'web:2'));
  await cluster.restart();
  await cluster.until(
    pods,
    (all) => all.length === 3 && all.every((pod) => pod.spec?.containers[0]?.image === 'web:2'),
  );
});
