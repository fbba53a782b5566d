import type { Pod, PodCondition } from '@croft/api/types';

export function isTerminating(pod: Pod): boolean {
  return pod.metadata?.deletionTimestamp !== undefined;
}

/** Its containers have ended for good. */
export function isEnded(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}

/** Counts for what a controller wants to run: neither ended nor being deleted. */
export function isActive(pod: Pod): boolean {
  return !isEnded(pod) && !isTerminating(pod);
}

export function findPodCondition(pod: Pod, type: string): PodCondition | undefined {
  return pod.status?.conditions?.find((condition) => condition.type === type);
}

export function isReady(pod: Pod): boolean {
  return findPodCondition(pod, 'Ready')?.status === 'True';
}

/** Milliseconds until a Pod has been ready for so long: 0 when it has, undefined while it is not ready. */
function availableInMs(pod: Pod, minReadySeconds: number, nowMs: number): number | undefined {
  if (!isReady(pod)) return undefined;
  if (minReadySeconds === 0) return 0;
  const since = findPodCondition(pod, 'Ready')?.lastTransitionTime;
  if (since === undefined) return undefined;
  return Math.max(0, Date.parse(since) + minReadySeconds * 1000 - nowMs);
}

export function isAvailable(pod: Pod, minReadySeconds: number, nowMs: number): boolean {
  return availableInMs(pod, minReadySeconds, nowMs) === 0;
}

/** The sooner of two waits, where there are any. */
export function sooner(left: number | undefined, right: number | undefined): number | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  return Math.min(left, right);
}

/** When the next of these Pods will have been ready for long enough, for a reconcile to look again. */
export function nextAvailable(
  pods: Iterable<Pod>,
  minReadySeconds: number | undefined,
  nowMs: number,
): { requeueAfterMs: number } | undefined {
  let soonest: number | undefined;
  for (const pod of pods) {
    const waitMs = availableInMs(pod, minReadySeconds ?? 0, nowMs);
    if (waitMs !== undefined && waitMs > 0) soonest = sooner(soonest, waitMs);
  }
  return soonest === undefined ? undefined : { requeueAfterMs: soonest };
}
