import type { Stored } from '@croft/api/object';
import type { Job, Pod } from '@croft/api/types';
import { isActive } from '../pods/pod-state.ts';
import { ended, type Tally } from './count.ts';
import { findPolicyFailure } from './pod-failure-policy.ts';

/** How a Job ends: the condition that says so first, and the one when all its Pods have gone. */
export interface Verdict {
  first: 'SuccessCriteriaMet' | 'FailureTarget';
  last: 'Complete' | 'Failed';
  reason: string;
  message: string;
}

/** Decides whether a Job is over; undefined while it goes on. A verdict once given stands. */
export function judge(job: Stored<Job>, all: readonly Stored<Pod>[], tally: Tally, nowMs: number): Verdict | undefined {
  const given = givenVerdict(job);
  if (given !== undefined) return given;
  const policy = findPolicyFailure(job, all);
  if (policy !== undefined) return failure('PodFailurePolicy', policy);
  const { succeeded, failed } = ended(job, tally);
  const { backoffLimit = 6, completions, activeDeadlineSeconds, suspend } = job.spec ?? {};
  if (failed > backoffLimit || tooManyRestarts(job, all, backoffLimit)) {
    return failure('BackoffLimitExceeded', 'Job has reached the specified backoff limit');
  }
  const startedMs = Date.parse(job.status?.startTime ?? '');
  if (activeDeadlineSeconds !== undefined && suspend !== true && startedMs + activeDeadlineSeconds * 1000 <= nowMs) {
    return failure('DeadlineExceeded', 'Job was active longer than specified deadline');
  }
  const done = completions === undefined ? succeeded > 0 && !all.some(isActive) : succeeded >= completions;
  if (!done || (completions === 0 && suspend === true)) return undefined;
  return {
    first: 'SuccessCriteriaMet',
    last: 'Complete',
    reason: 'CompletionsReached',
    message: 'Reached expected number of succeeded pods',
  };
}

function failure(reason: string, message: string): Verdict {
  return { first: 'FailureTarget', last: 'Failed', reason, message };
}

function givenVerdict(job: Stored<Job>): Verdict | undefined {
  for (const [first, last] of [
    ['SuccessCriteriaMet', 'Complete'],
    ['FailureTarget', 'Failed'],
  ] as const) {
    const known = job.status?.conditions?.find(({ type, status }) => type === first && status === 'True');
    if (known !== undefined) return { first, last, reason: known.reason ?? '', message: known.message ?? '' };
  }
  return undefined;
}

/** Where containers are restarted in place, their restarts are the failures. */
function tooManyRestarts(job: Stored<Job>, all: readonly Stored<Pod>[], backoffLimit: number): boolean {
  if (job.spec?.template?.spec?.restartPolicy !== 'OnFailure') return false;
  const statuses = all
    .filter((pod) => ['Running', 'Pending'].includes(pod.status?.phase ?? ''))
    .flatMap(({ status }) => [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]);
  const restarts = statuses.reduce((total, { restartCount }) => total + restartCount, 0);
  return backoffLimit === 0 ? restarts > 0 : restarts >= backoffLimit;
}

export function isFinished(job: Job): boolean {
  return (job.status?.conditions ?? []).some(
    ({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True',
  );
}
