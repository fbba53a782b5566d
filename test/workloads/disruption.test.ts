import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deployments, podDisruptionBudgets, pods } from '@croft/api/kinds';
import { StatusError } from '@croft/api/status';
import { startCluster } from './cluster.ts';
import { deployment } from './objects.ts';

test('a budget counts healthy Pods against what their Deployment wants, and stops evictions', async () => {
  await using cluster = await startCluster();
  cluster.runPods();
  const spec = { selector: { matchLabels: { app: 'web' } }, maxUnavailable: '50%' };
  await cluster.client.create(podDisruptionBudgets, { metadata: { name: 'b', namespace: 'apps' }, spec });
  await cluster.client.create(deployments, deployment({ replicas: 3 }));
  const budget = await cluster.until(podDisruptionBudgets, ([found]) => found?.status?.currentHealthy === 3 && found);
  const { expectedPods, desiredHealthy, disruptionsAllowed, conditions } = budget.status ?? {};
  assert.deepEqual(
    { expectedPods, desiredHealthy, disruptionsAllowed },
    { expectedPods: 3, desiredHealthy: 1, disruptionsAllowed: 2 },
  );
  assert.equal(conditions?.[0]?.reason, 'SufficientPods');
  await cluster.client.patch(podDisruptionBudgets, cluster.key('b'), { spec: { maxUnavailable: 0 } });
  await cluster.until(podDisruptionBudgets, ([found]) => found?.status?.conditions?.[0]?.reason === 'InsufficientPods');
  const { items } = await cluster.client.list(pods, { namespace: 'apps' });
  await assert.rejects(evict(cluster.client.fetch, items[0]?.metadata.name ?? ''), { code: 429 });
});

async function evict(fetch: (request: Request) => Promise<Response>, name: string): Promise<void> {
  const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace: 'apps' } };
  const url = `https://test/api/v1/namespaces/apps/pods/${name}/eviction`;
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(new Request(url, { method: 'POST', headers, body: JSON.stringify(body) }));
  if (!answer.ok) throw new StatusError(answer.status, '', await answer.text());
}
