import { cronJobs, jobs } from '@croft/api/kinds';
import type { Stored } from '@croft/api/object';
import { isAlreadyExists } from '@croft/api/status';
import type { CronJob, Job } from '@croft/api/types';
import { formatTime } from '@croft/foundation/clock';
import { errorMessage } from '@croft/foundation/errors';
import { controllerReference } from '../ownership.ts';
import { type CronPass, childrenOf, deleteChild } from './children.ts';
import { latestTime } from './next-time.ts';
import type { Schedule } from './schedule.ts';

const scheduledAnnotation = 'batch.kubernetes.io/cronjob-scheduled-timestamp';

/** Starts the Job that is due, if one is: the latest time counts, those missed before it do not. */
export async function runDue(pass: CronPass, schedule: Schedule): Promise<void> {
  const { cron, context, events } = pass;
  const nowMs = context.clock.now();
  const due = latestTime(schedule, earliestMs(cron, nowMs), nowMs, cron.spec?.timeZone);
  if (due === undefined || childrenOf(pass).some(({ metadata }) => metadata.name === jobName(cron, due))) return;
  const active = pass.status.active ?? [];
  if (active.length > 0 && cron.spec?.concurrencyPolicy === 'Forbid') {
    const message = 'Not starting job because prior execution is running and concurrency policy is Forbid';
    events.record(cron, 'Normal', 'JobAlreadyActive', message);
    return;
  }
  if (cron.spec?.concurrencyPolicy === 'Replace') {
    const uids = new Set(active.map(({ uid }) => uid));
    for (const job of childrenOf(pass)) if (uids.has(job.metadata.uid)) await deleteChild(pass, job);
    pass.status = { ...pass.status, active: [] };
  }
  const job = await createJob(pass, due);
  const { name, namespace = '', uid, resourceVersion } = job.metadata;
  const reference = { apiVersion: 'batch/v1', kind: 'Job', name, namespace, uid, resourceVersion };
  const others = (pass.status.active ?? []).filter((known) => known.uid !== uid);
  pass.status = { ...pass.status, active: [...others, reference], lastScheduleTime: formatTime(due) };
}

/** What was due before this is not made up for. */
function earliestMs({ spec, status, metadata }: Stored<CronJob>, nowMs: number): number {
  const since = Date.parse(status?.lastScheduleTime ?? metadata.creationTimestamp ?? '');
  const deadline = spec?.startingDeadlineSeconds;
  return deadline === undefined ? since : Math.max(since, nowMs - deadline * 1000);
}

/** One name for each time that is due: a Job is never started twice. */
function jobName(cron: Stored<CronJob>, dueMs: number): string {
  return `${cron.metadata.name}-${Math.floor(dueMs / 60_000)}`;
}

async function createJob(pass: CronPass, dueMs: number): Promise<Stored<Job>> {
  const { cron, context, events } = pass;
  const wanted = renderJob(cron, dueMs);
  const { name = '', namespace } = wanted.metadata ?? {};
  try {
    const job = await context.writer.create(jobs, wanted);
    events.record(cron, 'Normal', 'SuccessfulCreate', `Created job ${name}`);
    return job;
  } catch (error) {
    if (isAlreadyExists(error)) return await context.client.get(jobs, { namespace, name });
    events.record(cron, 'Warning', 'FailedCreate', `Error creating job: ${errorMessage(error)}`);
    throw error;
  }
}

function renderJob(cron: Stored<CronJob>, dueMs: number): Job {
  const { metadata, spec } = cron.spec?.jobTemplate ?? {};
  return {
    metadata: {
      name: jobName(cron, dueMs),
      namespace: cron.metadata.namespace ?? '',
      ...(metadata?.labels === undefined ? {} : { labels: metadata.labels }),
      annotations: { ...metadata?.annotations, [scheduledAnnotation]: formatTime(dueMs) },
      ownerReferences: [controllerReference(cronJobs, cron)],
    },
    ...(spec === undefined ? {} : { spec }),
  };
}
