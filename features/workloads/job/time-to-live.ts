import { jobs } from '@croft/api/kinds';
import type { Stored } from '@croft/api/object';
import type { Job } from '@croft/api/types';
import type { WorkloadContext } from '../context.ts';
import { isFinished } from './verdict.ts';

/** Deletes a finished Job whose ttlSecondsAfterFinished is over; otherwise gives when it will be. */
export async function expireInMs(context: WorkloadContext, job: Stored<Job>): Promise<number | undefined> {
  const seconds = job.spec?.ttlSecondsAfterFinished;
  if (seconds === undefined || !isFinished(job) || job.metadata.deletionTimestamp !== undefined) return undefined;
  const end = job.status?.conditions?.find(({ type, status }) => isEnd(type) && status === 'True');
  const leftMs = Date.parse(end?.lastTransitionTime ?? '') + seconds * 1000 - context.clock.now();
  if (leftMs > 0) return leftMs;
  await context.writer.delete(jobs, job, { propagationPolicy: 'Foreground' });
  return undefined;
}

const isEnd = (type: string): boolean => type === 'Complete' || type === 'Failed';
