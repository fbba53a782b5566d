import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cronJobs, events, jobs } from '@croft/api/kinds';
import type { CronJob } from '@croft/api/types';
import { startCluster } from './cluster.ts';
import { job } from './objects.ts';

function cronJob(spec: Partial<NonNullable<CronJob['spec']>> = {}): CronJob {
  const template = job().spec;
  const jobTemplate = template === undefined ? {} : { spec: template };
  return { metadata: { name: 'c', namespace: 'apps' }, spec: { schedule: '@every 1s', jobTemplate, ...spec } };
}

const complete = {
  status: {
    startTime: '2026-01-01T00:00:00Z',
    completionTime: '2026-01-01T00:00:01Z',
    succeeded: 1,
    uncountedTerminatedPods: {},
    conditions: ['SuccessCriteriaMet', 'Complete'].map((type) => ({ type, status: 'True' })),
  },
};

test('a Job starts when it is due, is told as active, and is kept as history within its limit', async () => {
  await using cluster = await startCluster(['cronjob', 'garbage-collector']);
  await cluster.client.create(cronJobs, cronJob({ successfulJobsHistoryLimit: 1, concurrencyPolicy: 'Forbid' }));
  const first = await cluster.until(jobs, (all) => all[0]);
  assert.match(first.metadata.name, /^c-\d+$/);
  assert.equal(first.metadata.ownerReferences?.[0]?.name, 'c');
  const active = await cluster.until(
    cronJobs,
    ([cron]) => cron?.status?.active?.[0]?.uid === first.metadata.uid && cron,
  );
  assert.notEqual(active.status?.lastScheduleTime, undefined);
  await cluster.client.patch(jobs, cluster.key(first.metadata.name), complete, { subresource: 'status' });
  const done = await cluster.until(cronJobs, ([cron]) => cron?.status?.lastSuccessfulTime !== undefined && cron);
  assert.equal(done.status?.lastSuccessfulTime, '2026-01-01T00:00:01Z');
});

test('suspended it starts nothing; deleted it takes its Jobs along', async () => {
  await using cluster = await startCluster(['cronjob', 'garbage-collector']);
  await cluster.client.create(cronJobs, cronJob({ suspend: true }));
  await cluster.client.patch(cronJobs, cluster.key('c'), { spec: { suspend: false } });
  await cluster.until(jobs, (all) => all.length === 1);
  await cluster.client.remove(cronJobs, cluster.key('c'));
  await cluster.until(jobs, (all) => all.length === 0);
});

test('a schedule whose time never comes is told', async () => {
  await using cluster = await startCluster(['cronjob']);
  await cluster.client.create(cronJobs, cronJob({ schedule: '59 23 31 2 *' }));
  await cluster.until(events, (all) =>
    all.some(({ type, reason }) => type === 'Warning' && reason === 'InvalidSchedule'),
  );
});
