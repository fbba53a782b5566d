import assert from 'node:assert/strict';
import { test } from 'node:test';
import { daemonSets, nodes, pods } from '@croft/api/kinds';
import { startCluster } from './cluster.ts';
import { template } from './objects.ts';

const set = {
  metadata: { name: 'agent', namespace: 'apps' },
  spec: { selector: { matchLabels: { app: 'web' } }, template: template() },
};

test('each node that fits has one Pod; another template replaces it; a node that goes takes its Pod along', async () => {
  await using cluster = await startCluster();
  cluster.runPods();
  await cluster.client.create(nodes, { metadata: { name: 'node' } });
  await cluster.client.create(nodes, {
    metadata: { name: 'away' },
    spec: { taints: [{ key: 'x', effect: 'NoSchedule' }] },
  });
  await cluster.client.create(daemonSets, set);
  const ready = await cluster.until(daemonSets, ([object]) => object?.status?.numberReady === 1 && object);
  assert.equal(ready.status?.desiredNumberScheduled, 1);
  assert.equal(ready.status?.numberUnavailable, undefined);
  const change = { spec: { template: { spec: { containers: [{ name: 'c', image: 'web:2' }] } } } };
  await cluster.client.patch(daemonSets, cluster.key('agent'), change, { type: 'strategic' });
  await cluster.until(pods, (all) => all.length === 1 && all[0]?.spec?.containers[0]?.image === 'web:2');
  await cluster.until(
    daemonSets,
    ([object]) => object?.status?.updatedNumberScheduled === 1 && object.status.numberReady === 1,
  );
  await cluster.client.remove(nodes, { name: 'node' });
  await cluster.until(pods, (all) => all.length === 0);
});
