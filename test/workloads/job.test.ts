import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jobs, pods } from '@croft/api/kinds';
import type { Stored } from '@croft/api/object';
import type { Job, Pod } from '@croft/api/types';
import { startCluster } from './cluster.ts';
import { job } from './objects.ts';

const conditions = (object: Stored<Job>) => (object.status?.conditions ?? []).map(({ type }) => type);
const isActive = (pod: Stored<Pod>) => pod.status?.phase === 'Pending' && pod.metadata.deletionTimestamp === undefined;

function failed(exitCode: number) {
  const state = { terminated: { exitCode, finishedAt: '2020-01-01T00:00:00Z' } };
  return {
    phase: 'Failed',
    containerStatuses: [{ name: 'c', ready: false, restartCount: 0, image: 'x', imageID: 'x', state }],
  };
}

test('a Job is complete when its Pods have succeeded, and lets them go', async () => {
  await using cluster = await startCluster();
  await cluster.client.create(jobs, job({ completions: 2, parallelism: 1 }));
  for (let done = 0; done < 2; done += 1) {
    const pod = await cluster.until(pods, (all) => all.find(isActive));
    assert.deepEqual(pod.metadata.finalizers, ['batch.kubernetes.io/job-tracking']);
    await cluster.setPodStatus(pod, { phase: 'Succeeded' });
  }
  const complete = await cluster.until(jobs, ([object]) => object && conditions(object).includes('Complete') && object);
  assert.deepEqual(conditions(complete), ['SuccessCriteriaMet', 'Complete']);
  assert.equal(complete.status?.succeeded, 2);
  assert.notEqual(complete.status?.completionTime, undefined);
  await cluster.until(
    pods,
    (all) => all.length === 2 && all.every(({ metadata }) => metadata.finalizers === undefined),
  );
});

test('more failures than the limit end a Job; each Pod counts once', async () => {
  await using cluster = await startCluster();
  await cluster.client.create(jobs, job({ backoffLimit: 1 }));
  for (let count = 0; count < 2; count += 1) {
    await cluster.setPodStatus(await cluster.until(pods, (all) => all.find(isActive)), failed(1));
  }
  const over = await cluster.until(jobs, ([object]) => object && conditions(object).includes('Failed') && object);
  assert.deepEqual(conditions(over), ['FailureTarget', 'Failed']);
  assert.equal(over.status?.failed, 2);
  assert.equal(over.status?.conditions?.[1]?.reason, 'BackoffLimitExceeded');
});

test('a Job that takes too long is stopped', async () => {
  await using cluster = await startCluster();
  await cluster.client.create(jobs, job({ activeDeadlineSeconds: 1 }));
  const over = await cluster.until(jobs, ([object]) => object && conditions(object).includes('Failed') && object);
  assert.equal(over.status?.conditions?.at(-1)?.reason, 'DeadlineExceeded');
  await cluster.until(pods, (all) => all.length === 0);
});

test('an exit code that the policy calls final fails the Job; one that it ignores does not count', async () => {
  await using cluster = await startCluster();
  const on = (operator: string, value: number) => ({ onExitCodes: { operator, values: [value] } });
  const rules = [
    { action: 'Ignore', ...on('In', 3) },
    { action: 'FailJob', ...on('In', 42) },
  ];
  await cluster.client.create(jobs, job({ backoffLimit: 0, podFailurePolicy: { rules } }));
  await cluster.setPodStatus(await cluster.until(pods, (all) => all.find(isActive)), failed(3));
  const second = await cluster.until(pods, (all) => all.find(isActive));
  await cluster.setPodStatus(second, failed(42));
  const over = await cluster.until(jobs, ([object]) => object && conditions(object).includes('Failed') && object);
  assert.equal(over.status?.failed, 1);
  assert.equal(over.status?.conditions?.at(-1)?.reason, 'PodFailurePolicy');
  assert.match(over.status?.conditions?.at(-1)?.message ?? '', /exit code 42 matching FailJob rule at index 1$/);
});

test('an indexed Job runs each index once', async () => {
  await using cluster = await startCluster();
  await cluster.client.create(jobs, job({ completions: 3, parallelism: 3, completionMode: 'Indexed' }));
  const all = await cluster.until(pods, (found) => found.length === 3 && found);
  const index = 'batch.kubernetes.io/job-completion-index';
  assert.deepEqual(all.map(({ metadata }) => metadata.annotations?.[index]).sort(), ['0', '1', '2']);
  for (const pod of all) {
    assert.equal(pod.spec?.containers[0]?.env?.[0]?.name, 'JOB_COMPLETION_INDEX');
    await cluster.setPodStatus(pod, { phase: 'Succeeded' });
  }
  const complete = await cluster.until(jobs, ([object]) => object && conditions(object).includes('Complete') && object);
  assert.equal(complete.status?.completedIndexes, '0-2');
  assert.equal(complete.status?.succeeded, 3);
});

test('a suspended Job has no Pods and fails by none; resumed it runs', async () => {
  await using cluster = await startCluster();
  await cluster.client.create(jobs, job());
  await cluster.until(pods, (all) => all.find(isActive));
  await cluster.client.patch(jobs, cluster.key('j'), { spec: { suspend: true } });
  await cluster.until(pods, (all) => all.length === 0);
  const suspended = await cluster.until(jobs, ([object]) => object && conditions(object)[0] === 'Suspended' && object);
  assert.equal(suspended.status?.failed, undefined);
  await cluster.client.patch(jobs, cluster.key('j'), { spec: { suspend: false } });
  await cluster.until(pods, (all) => all.find(isActive));
});

test('the Pods of a Job that was deleted are not held', async () => {
  await using cluster = await startCluster();
  await cluster.client.create(jobs, job());
  await cluster.until(pods, (all) => all.find(isActive));
  await cluster.client.remove(jobs, cluster.key('j'), { propagationPolicy: 'Background' });
  await cluster.until(pods, (all) => all.every(({ metadata }) => metadata.finalizers === undefined));
});
