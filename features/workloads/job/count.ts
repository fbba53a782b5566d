import type { Stored } from '@croft/api/object';
import type { Job, Pod } from '@croft/api/types';
import { formatIndexes, parseIndexes } from './indexes.ts';
import { isIgnored } from './pod-failure-policy.ts';
import { hasFailed, hasSucceeded, indexOf, isIndexed, isTracked } from './pods.ts';

export type JobStatus = NonNullable<Job['status']> & { terminating?: number };

/** How many Pods have ended, so that each is counted once though controllers stop and Pods vanish. */
export interface Tally {
  succeeded: number;
  failed: number;
  /** Ended, and still held by the finalizer: to be released once the status names them. */
  uncounted: { succeeded: string[]; failed: string[] };
  /** Indexes that are done. */
  completed: Set<number>;
}

/**
 * Counts the ends of Pods (pkg/controller/job, trackJobStatusAndRemoveFinalizers): a Pod that ended is first named in
 * the status, then released, and counted for good when it is seen without the finalizer.
 */
export function tally(job: Stored<Job>, all: readonly Stored<Pod>[]): Tally {
  const status = job.status ?? {};
  const held = new Set(all.filter(isTracked).map(({ metadata }) => metadata.uid));
  const count = (before: number, named: readonly string[] | undefined, ended: (pod: Stored<Pod>) => boolean) => {
    const released = (named ?? []).filter((uid) => !held.has(uid));
    const still = (named ?? []).filter((uid) => held.has(uid));
    const fresh = all
      .filter((pod) => isTracked(pod) && ended(pod) && !still.includes(pod.metadata.uid))
      .map(({ metadata }) => metadata.uid);
    return { total: before + released.length, uncounted: [...still, ...fresh] };
  };
  const named = status.uncountedTerminatedPods;
  const failed = count(status.failed ?? 0, named?.failed, (pod) => hasFailed(pod) && !isIgnored(job, pod));
  if (isIndexed(job)) {
    const completed = completedIndexes(job, all);
    const waiting = count(0, named?.succeeded, hasSucceeded).uncounted;
    const uncounted = { succeeded: waiting, failed: failed.uncounted };
    return { succeeded: completed.size, failed: failed.total, uncounted, completed };
  }
  const succeeded = count(status.succeeded ?? 0, named?.succeeded, hasSucceeded);
  return {
    succeeded: succeeded.total,
    failed: failed.total,
    uncounted: { succeeded: succeeded.uncounted, failed: failed.uncounted },
    completed: new Set(),
  };
}

function completedIndexes(job: Stored<Job>, all: readonly Stored<Pod>[]): Set<number> {
  const completed = new Set(parseIndexes(job.status?.completedIndexes));
  for (const pod of all.filter(hasSucceeded)) {
    const index = indexOf(pod);
    if (index !== undefined && index < (job.spec?.completions ?? 0)) completed.add(index);
  }
  return completed;
}

/** All that ended, the ones still to be released among them. */
export function ended(
  job: Stored<Job>,
  { succeeded, failed, uncounted }: Tally,
): { succeeded: number; failed: number } {
  return {
    succeeded: succeeded + (isIndexed(job) ? 0 : uncounted.succeeded.length),
    failed: failed + uncounted.failed.length,
  };
}

/** The counting part of a status. */
export function renderTally(job: Stored<Job>, { succeeded, failed, uncounted, completed }: Tally): JobStatus {
  return {
    ...(succeeded === 0 ? {} : { succeeded }),
    ...(failed === 0 ? {} : { failed }),
    ...(isIndexed(job) && completed.size > 0 ? { completedIndexes: formatIndexes(completed) } : {}),
    uncountedTerminatedPods: {
      ...(uncounted.succeeded.length === 0 ? {} : { succeeded: uncounted.succeeded }),
      ...(uncounted.failed.length === 0 ? {} : { failed: uncounted.failed }),
    },
  };
}
