import { pods } from '@croft/api/kinds';
import type { Stored } from '@croft/api/object';
import type { ControllerRevision, Pod, StatefulSet } from '@croft/api/types';
import type { EventRecorder } from '@croft/controller/events';
import { errorMessage } from '@croft/foundation/errors';
import type { WorkloadContext } from '../context.ts';
import { isAvailable, isReady, isTerminating } from '../pods/pod-state.ts';
import { revisionLabel } from '../revisions/controller-revisions.ts';
import { firstOrdinal, ordinalOf } from './identity.ts';

/** One look at a StatefulSet and what it has. */
export interface SetPass {
  readonly context: WorkloadContext;
  readonly events: EventRecorder;
  readonly set: Stored<StatefulSet>;
  /** What Pods were made of until the rollout under way, if there is one; otherwise the same as `update`. */
  readonly current: Stored<ControllerRevision>;
  readonly update: Stored<ControllerRevision>;
  /** The Pods that are wanted and there, by ordinal. */
  readonly wanted: Map<number, Stored<Pod>>;
  /** Those of ordinals that are not wanted, the highest first. */
  condemned: Stored<Pod>[];
}

export function splitPods(
  set: Stored<StatefulSet>,
  all: readonly Stored<Pod>[],
): Pick<SetPass, 'wanted' | 'condemned'> {
  const first = firstOrdinal(set);
  const end = first + (set.spec?.replicas ?? 1);
  const wanted = new Map<number, Stored<Pod>>();
  const rest: { ordinal: number; pod: Stored<Pod> }[] = [];
  for (const pod of all) {
    const ordinal = ordinalOf(set, pod);
    if (ordinal === undefined) continue;
    if (ordinal >= first && ordinal < end) wanted.set(ordinal, pod);
    else rest.push({ ordinal, pod });
  }
  return { wanted, condemned: rest.sort((a, b) => b.ordinal - a.ordinal).map(({ pod }) => pod) };
}

/** One Pod after the other, each when the one before is ready; otherwise all at once. */
export function isOrdered(set: StatefulSet): boolean {
  return set.spec?.podManagementPolicy !== 'Parallel';
}

export function isOfRevision(pod: Pod, revision: Stored<ControllerRevision>): boolean {
  return pod.metadata?.labels?.[revisionLabel] === revision.metadata.name;
}

/** Running, ready for long enough, and staying. */
export function isHealthy({ set, context }: SetPass, pod: Pod): boolean {
  const long = isAvailable(pod, set.spec?.minReadySeconds ?? 0, context.clock.now());
  return pod.status?.phase === 'Running' && isReady(pod) && long && !isTerminating(pod);
}

/** Deletes a Pod, tells of it and drops it from what is there unless it stays for its grace period. */
export async function deletePod(pass: SetPass, pod: Stored<Pod>): Promise<void> {
  const { context, events, set } = pass;
  const about = `Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name}`;
  try {
    await context.writer.delete(pods, pod);
    events.record(set, 'Normal', 'SuccessfulDelete', `delete ${about} successful`);
  } catch (error) {
    events.record(set, 'Warning', 'FailedDelete', `delete ${about} failed error: ${errorMessage(error)}`);
    throw error;
  }
  refresh(pass, pod);
}

/** Takes over how the informer now knows a Pod. */
function refresh({ context, set, wanted, condemned }: SetPass, pod: Stored<Pod>): void {
  const known = context.informers.of(pods).get(pod.metadata);
  const ordinal = ordinalOf(set, pod);
  if (ordinal !== undefined && wanted.get(ordinal) === pod) {
    if (known === undefined) wanted.delete(ordinal);
    else wanted.set(ordinal, known);
  }
  const at = condemned.indexOf(pod);
  if (at >= 0) condemned.splice(at, 1, ...(known === undefined ? [] : [known]));
}
