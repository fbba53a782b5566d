import { jobs } from '@croft/api/kinds';
import type { Stored } from '@croft/api/object';
import type { CronJob, Job } from '@croft/api/types';
import type { EventRecorder } from '@croft/controller/events';
import type { WorkloadContext } from '../context.ts';
import { isControlledBy } from '../ownership.ts';
import { createdMs } from '../pods/victims.ts';

export interface CronPass {
  readonly context: WorkloadContext;
  readonly events: EventRecorder;
  readonly cron: Stored<CronJob>;
  status: NonNullable<CronJob['status']>;
}

export function childrenOf({ context, cron }: Pick<CronPass, 'context' | 'cron'>): Stored<Job>[] {
  return context.informers
    .of(jobs)
    .list(cron.metadata.namespace)
    .filter((job) => isControlledBy(job, cron));
}

export function endOf(job: Job): 'Complete' | 'Failed' | undefined {
  const end = job.status?.conditions?.find(
    ({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True',
  );
  return end?.type as 'Complete' | 'Failed' | undefined;
}

/** Brings `active` and `lastSuccessfulTime` in line with the Jobs that there are; tells of those that ended. */
export function reviewChildren(pass: CronPass): void {
  const { cron, events } = pass;
  const children = new Map(childrenOf(pass).map((job) => [job.metadata.uid, job]));
  const active = (pass.status.active ?? []).filter(({ uid, name }) => {
    const job = children.get(uid ?? '');
    if (job === undefined) events.record(cron, 'Normal', 'MissingJob', `Active job went missing: ${name}`);
    const end = job === undefined ? undefined : endOf(job);
    if (end !== undefined)
      events.record(cron, 'Normal', 'SawCompletedJob', `Saw completed job: ${name}, condition: ${end}`);
    return job !== undefined && end === undefined;
  });
  const times = [...children.values()]
    .filter((job) => endOf(job) === 'Complete')
    .map(({ status }) => status?.completionTime ?? '');
  const [latest] = [...times, pass.status.lastSuccessfulTime ?? ''].sort().reverse();
  const { active: _, lastSuccessfulTime: __, ...rest } = pass.status;
  pass.status = {
    ...rest,
    ...(active.length === 0 ? {} : { active }),
    ...(latest === undefined || latest === '' ? {} : { lastSuccessfulTime: latest }),
  };
}

/** Deletes the oldest of the Jobs that ended, beyond the limits of the history. */
export async function pruneChildren(pass: CronPass): Promise<void> {
  const { cron } = pass;
  const { successfulJobsHistoryLimit = 3, failedJobsHistoryLimit = 1 } = cron.spec ?? {};
  for (const [end, limit] of [
    ['Complete', successfulJobsHistoryLimit],
    ['Failed', failedJobsHistoryLimit],
  ] as const) {
    const ended = childrenOf(pass)
      .filter((job) => endOf(job) === end && job.metadata.deletionTimestamp === undefined)
      .sort((a, b) => createdMs(a) - createdMs(b));
    for (const job of ended.slice(0, Math.max(0, ended.length - limit))) await deleteChild(pass, job);
  }
}

export async function deleteChild({ context, events, cron }: CronPass, job: Stored<Job>): Promise<void> {
  await context.writer.delete(jobs, job, { propagationPolicy: 'Background' });
  events.record(cron, 'Normal', 'SuccessfulDelete', `Deleted job ${job.metadata.name}`);
}
