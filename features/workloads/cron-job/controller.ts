import { cronJobs, jobs } from '@croft/api/kinds';
import type { Stored } from '@croft/api/object';
import type { CronJob } from '@croft/api/types';
import { type Controller, onChangeOf, ownersOf, startController } from '@croft/controller/controller';
import type { EventRecorder } from '@croft/controller/events';
import { errorMessage } from '@croft/foundation/errors';
import type { WorkloadContext } from '../context.ts';
import { writeStatus } from '../write-status.ts';
import { type CronPass, pruneChildren, reviewChildren } from './children.ts';
import { nextTime } from './next-time.ts';
import { runDue } from './run.ts';
import { parseSchedule, type Schedule } from './schedule.ts';

/** Starts Jobs at their times (pkg/controller/cronjob). */
export function startCronJobs(context: WorkloadContext): Controller {
  const events = context.eventsOf('cronjob-controller');
  return startController(context, {
    name: 'cronjob',
    kind: cronJobs,
    triggers: [onChangeOf(jobs, ownersOf(cronJobs))],
    reconcile: async (cron) => (cron === undefined ? undefined : await reconcileCronJob(context, events, cron)),
  });
}

async function reconcileCronJob(
  context: WorkloadContext,
  events: EventRecorder,
  cron: Stored<CronJob>,
): Promise<{ requeueAfterMs?: number } | undefined> {
  const pass: CronPass = { context, events, cron, status: cron.status ?? {} };
  reviewChildren(pass);
  const schedule = findSchedule(pass);
  const runs = schedule !== undefined && cron.spec?.suspend !== true && cron.metadata.deletionTimestamp === undefined;
  try {
    await pruneChildren(pass);
    if (runs) await runDue(pass, schedule);
  } finally {
    await writeStatus(context, cronJobs, cron, pass.status);
  }
  if (!runs) return undefined;
  const nowMs = context.clock.now();
  const next = nextTime(schedule, baseMs(pass, schedule, nowMs), cron.spec?.timeZone);
  if (next !== undefined) return { requeueAfterMs: Math.max(0, next - nowMs) };
  const message = `invalid schedule: ${cron.spec?.schedule} : its time never comes`;
  events.record(cron, 'Warning', 'InvalidSchedule', message);
  return undefined;
}

/** `@every` counts from the last start, a crontab from now. */
function baseMs({ status, cron }: CronPass, schedule: Schedule, nowMs: number): number {
  if (!('everyMs' in schedule)) return nowMs;
  const since = Date.parse(status.lastScheduleTime ?? cron.metadata.creationTimestamp ?? '');
  return since + Math.floor((nowMs - since) / schedule.everyMs) * schedule.everyMs;
}

function findSchedule({ cron, events }: CronPass): Schedule | undefined {
  try {
    return parseSchedule(cron.spec?.schedule ?? '');
  } catch (error) {
    events.record(cron, 'Warning', 'UnparseableSchedule', `unparseable schedule: ${errorMessage(error)}`);
    return undefined;
  }
}
