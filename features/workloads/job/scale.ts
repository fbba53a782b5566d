import type { Stored } from '@croft/api/object';
import type { Pod } from '@croft/api/types';
import { createPods } from '../pods/create-pods.ts';
import { orderVictims } from '../pods/victims.ts';
import { ended } from './count.ts';
import { dismissPods } from './finalizers.ts';
import type { JobPass } from './pass.ts';
import { hasFailed, hasSucceeded, indexOf, isIndexed, renderJobPod, sortPods } from './pods.ts';

const firstBackoffMs = 10_000;
const mostBackoffMs = 10 * 60_000;

/** Brings the number of running Pods to what is wanted; gives the wait where a failure must first be sat out. */
export async function scaleJob(pass: JobPass): Promise<number | undefined> {
  const { job, context, events, found } = pass;
  const parallelism = job.spec?.parallelism ?? 1;
  const wanted = wantedPods(pass, parallelism);
  const excess = found.active.length - wanted;
  if (excess > 0) {
    const victims = orderVictims(found.active).slice(0, excess);
    await dismissPods(context, events, job, victims);
    pass.found = sortPods(found.all.filter((pod) => !victims.includes(pod)));
    return undefined;
  }
  const missing = Math.min(wanted - found.active.length - blocking(pass), 500);
  if (missing <= 0) return undefined;
  const waitMs = backoffInMs(found.all, context.clock.now());
  if (waitMs > 0) return waitMs;
  const fresh = isIndexed(job)
    ? freeIndexes(pass, missing).map((index) => renderJobPod(job, index))
    : Array.from({ length: missing }, () => renderJobPod(job, undefined));
  const { created, failure } = await createPods(context, events, job, fresh);
  pass.found = sortPods([...found.all, ...created]);
  if (failure !== undefined) throw failure;
  return undefined;
}

function wantedPods({ job, found, tally }: JobPass, parallelism: number): number {
  const { succeeded } = ended(job, tally);
  const { completions } = job.spec ?? {};
  if (completions === undefined) return succeeded > 0 ? found.active.length : parallelism;
  return Math.max(0, Math.min(completions - succeeded, parallelism));
}

/** Pods on their way out hold their place where podReplacementPolicy is Failed. */
function blocking({ job, found }: JobPass): number {
  return job.spec?.podReplacementPolicy === 'Failed' ? found.terminating.length : 0;
}

function freeIndexes({ job, found, tally }: JobPass, count: number): number[] {
  const taken = new Set(found.active.map(indexOf));
  const free: number[] = [];
  for (let index = 0; index < (job.spec?.completions ?? 0) && free.length < count; index += 1) {
    if (!tally.completed.has(index) && !taken.has(index)) free.push(index);
  }
  return free;
}

/** After a failure the next Pod waits: 10 s, doubled with each failure since the last success, 10 minutes at most. */
export function backoffInMs(all: readonly Stored<Pod>[], nowMs: number): number {
  const succeededMs = Math.max(0, ...all.filter(hasSucceeded).map(endedMs));
  const failures = all
    .filter(hasFailed)
    .map(endedMs)
    .filter((ms) => ms > succeededMs);
  if (failures.length === 0) return 0;
  const waitMs = Math.min(mostBackoffMs, firstBackoffMs * 2 ** (failures.length - 1));
  return Math.max(0, Math.max(...failures) + waitMs - nowMs);
}

function endedMs(pod: Stored<Pod>): number {
  const finished = (pod.status?.containerStatuses ?? []).map(({ state }) =>
    Date.parse(state?.terminated?.finishedAt ?? ''),
  );
  const known = finished.filter((ms) => !Number.isNaN(ms));
  if (known.length > 0) return Math.max(...known);
  const { deletionTimestamp, creationTimestamp } = pod.metadata;
  return Date.parse(deletionTimestamp ?? creationTimestamp ?? '') || 0;
}
