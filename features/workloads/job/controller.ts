import { jobs, pods } from '@croft/api/kinds';
import { isEmptySelector } from '@croft/api/label-selector';
import type { ObjectKey, Stored } from '@croft/api/object';
import type { Job, Pod } from '@croft/api/types';
import { type Controller, onChangeOf, ownersOf, startController } from '@croft/controller/controller';
import type { EventRecorder } from '@croft/controller/events';
import type { WorkloadContext } from '../context.ts';
import { claimObjects } from '../ownership.ts';
import { deletePods } from '../pods/create-pods.ts';
import { sooner } from '../pods/pod-state.ts';
import { writeStatus } from '../write-status.ts';
import { tally } from './count.ts';
import { dismissPods, releasePods } from './finalizers.ts';
import type { JobPass } from './pass.ts';
import { isIgnored } from './pod-failure-policy.ts';
import { isTracked, sortPods } from './pods.ts';
import { scaleJob } from './scale.ts';
import { renderJobStatus } from './status.ts';
import { expireInMs } from './time-to-live.ts';
import { isFinished, judge } from './verdict.ts';

/** Runs Pods to their end (pkg/controller/job). */
export function startJobs(context: WorkloadContext): Controller {
  const events = context.eventsOf('job-controller');
  return startController(context, {
    name: 'job',
    kind: jobs,
    triggers: [onChangeOf(pods, ownersOf(jobs))],
    reconcile: async (job, key) => {
      if (job === undefined) return await releaseLeftovers(context, key);
      const requeueAfterMs = await reconcileJob(context, events, job);
      return requeueAfterMs === undefined ? undefined : { requeueAfterMs };
    },
  });
}

/** Pods of a Job that is gone are not counted by anyone: nothing may hold them. */
async function releaseLeftovers(context: WorkloadContext, key: ObjectKey): Promise<undefined> {
  const left = context.informers.of(pods).list(key.namespace).filter(isTracked);
  await releasePods(
    context,
    left.filter((pod) => ownersOf(jobs)(pod).some(({ name }) => name === key.name)),
  );
}

async function reconcileJob(
  context: WorkloadContext,
  events: EventRecorder,
  job: Stored<Job>,
): Promise<number | undefined> {
  if (job.spec?.managedBy !== undefined && job.spec.managedBy !== 'kubernetes.io/job-controller') return undefined;
  const found = sortPods(await claimPods(context, job));
  if (isFinished(job)) {
    await releasePods(context, found.all.filter(isTracked));
    return await expireInMs(context, job);
  }
  const pass: JobPass = { context, events, job, found, tally: tally(job, found.all), news: [] };
  const nowMs = context.clock.now();
  const verdict = judge(job, found.all, pass.tally, nowMs);
  const goes = job.metadata.deletionTimestamp !== undefined;
  let waitMs: number | undefined;
  let failure: unknown;
  try {
    if (verdict !== undefined) await deletePods(context, events, job, found.active);
    else if (job.spec?.suspend === true) await dismissPods(context, events, job, found.active);
    else if (!goes) waitMs = await scaleJob(pass);
    if (verdict !== undefined || job.spec?.suspend === true) pass.found = sortPods(knownPods(context, found.all));
  } catch (error) {
    failure = error;
  }
  const written = await writeStatus(context, jobs, job, renderJobStatus(pass, verdict));
  for (const { type, reason, message } of pass.news) events.record(job, type, reason, message);
  await releasePods(context, [...namedPods(written, found.all), ...found.all.filter((pod) => isIgnored(job, pod))]);
  if (failure !== undefined) throw failure;
  return sooner(waitMs, sooner(deadlineInMs(written, nowMs), await expireInMs(context, written)));
}

async function claimPods(context: WorkloadContext, job: Stored<Job>): Promise<Stored<Pod>[]> {
  const selector = job.spec?.selector;
  if (isEmptySelector(selector)) return [];
  return await claimObjects(context, { owner: job, ownerKind: jobs, kind: pods, selector, adoptable: isTracked });
}

/** How the informer now knows these Pods. */
function knownPods(context: WorkloadContext, all: readonly Stored<Pod>[]): Stored<Pod>[] {
  return all.flatMap(({ metadata }) => {
    const known = context.informers.of(pods).get(metadata);
    return known?.metadata.uid === metadata.uid ? [known] : [];
  });
}

/** Once the status names an ended Pod, the Pod may go. */
function namedPods(job: Stored<Job>, all: readonly Stored<Pod>[]): Stored<Pod>[] {
  const { succeeded = [], failed = [] } = job.status?.uncountedTerminatedPods ?? {};
  const named = new Set([...succeeded, ...failed]);
  return all.filter((pod) => named.has(pod.metadata.uid) && isTracked(pod));
}

function deadlineInMs(job: Stored<Job>, nowMs: number): number | undefined {
  const { activeDeadlineSeconds, suspend } = job.spec ?? {};
  const { startTime } = job.status ?? {};
  if (activeDeadlineSeconds === undefined || startTime === undefined || suspend === true) return undefined;
  return Math.max(0, Date.parse(startTime) + activeDeadlineSeconds * 1000 - nowMs);
}
