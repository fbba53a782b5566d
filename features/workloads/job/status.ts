import type { JobCondition } from '@croft/api/types';
import { formatTime } from '@croft/foundation/clock';
import { setCondition } from '../conditions.ts';
import { omitZeros } from '../write-status.ts';
import { type JobStatus, renderTally } from './count.ts';
import type { JobPass } from './pass.ts';
import type { Verdict } from './verdict.ts';

/** The status after a pass; notes the news in it. */
export function renderJobStatus(pass: JobPass, verdict: Verdict | undefined): JobStatus {
  const { job, context, found, tally } = pass;
  const nowMs = context.clock.now();
  const before = job.status ?? {};
  const counted = tally.uncounted.succeeded.length === 0 && tally.uncounted.failed.length === 0;
  const over = counted && found.active.length === 0 && found.terminating.length === 0;
  let conditions = withSuspension(pass, before.conditions ?? []);
  if (verdict !== undefined) {
    conditions = withJobCondition(conditions, verdict.first, 'True', verdict, nowMs);
    if (over) {
      conditions = withJobCondition(conditions, verdict.last, 'True', verdict, nowMs);
      tellEnd(pass, verdict);
    }
  }
  const startTime = startTimeOf(pass);
  const completed = over && verdict?.last === 'Complete';
  return {
    ...renderTally(job, tally),
    ...omitZeros({ active: found.active.length }),
    ready: found.ready,
    terminating: found.terminating.length,
    ...(startTime === undefined ? {} : { startTime }),
    ...(completed ? { completionTime: formatTime(nowMs) } : {}),
    ...(conditions.length === 0 ? {} : { conditions }),
  };
}

function withSuspension({ job, news, context }: JobPass, conditions: readonly JobCondition[]): JobCondition[] {
  const nowMs = context.clock.now();
  const known = conditions.find(({ type }) => type === 'Suspended');
  const suspend = job.spec?.suspend === true;
  if (suspend && known?.status !== 'True') {
    news.push({ type: 'Normal', reason: 'Suspended', message: 'Job suspended' });
    const cause = { reason: 'JobSuspended', message: 'Job suspended' };
    return withJobCondition(conditions, 'Suspended', 'True', cause, nowMs);
  }
  if (!suspend && known?.status === 'True') {
    news.push({ type: 'Normal', reason: 'Resumed', message: 'Job resumed' });
    const cause = { reason: 'JobResumed', message: 'Job resumed' };
    return withJobCondition(conditions, 'Suspended', 'False', cause, nowMs);
  }
  return [...conditions];
}

function withJobCondition(
  conditions: readonly JobCondition[],
  type: string,
  status: 'True' | 'False',
  { reason, message }: { reason: string; message: string },
  nowMs: number,
): JobCondition[] {
  const next: JobCondition = { type, status, reason, message, lastProbeTime: formatTime(nowMs) };
  return setCondition<JobCondition>(conditions, next, nowMs);
}

function tellEnd({ news }: JobPass, { last, reason, message }: Verdict): void {
  if (last === 'Complete') news.push({ type: 'Normal', reason: 'Completed', message: 'Job completed' });
  else news.push({ type: 'Warning', reason, message });
}

/** When a Job that starts now was started; kept while it runs. */
function startTimeOf({ job, context }: JobPass): string | undefined {
  if (job.spec?.suspend === true) return undefined;
  return job.status?.startTime ?? formatTime(context.clock.now());
}
