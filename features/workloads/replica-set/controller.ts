import { pods, replicaSets } from '@croft/api/kinds';
import type { Stored } from '@croft/api/object';
import type { ReplicaSet } from '@croft/api/types';
import { type Controller, onChangeOf, startController } from '@croft/controller/controller';
import type { EventRecorder } from '@croft/controller/events';
import type { WorkloadContext } from '../context.ts';
import { claimObjects, concernedOwners, isControlledBy } from '../ownership.ts';
import { createPods, deletePods, renderPod } from '../pods/create-pods.ts';
import { isActive, isEnded, isTerminating, nextAvailable } from '../pods/pod-state.ts';
import { orderVictims } from '../pods/victims.ts';
import { writeStatus } from '../write-status.ts';
import { type ReplicaCount, renderReplicaSetStatus } from './status.ts';

/** More than so many Pods are not made or deleted in one go. */
const burst = 500;

/** Keeps as many Pods as each ReplicaSet says (pkg/controller/replicaset). */
export function startReplicaSets(context: WorkloadContext): Controller {
  const events = context.eventsOf('replicaset-controller');
  return startController(context, {
    name: 'replicaset',
    kind: replicaSets,
    triggers: [onChangeOf(pods, concernedOwners(context, replicaSets))],
    reconcile: async (set) => (set === undefined ? undefined : await reconcileReplicaSet(context, events, set)),
  });
}

async function reconcileReplicaSet(
  context: WorkloadContext,
  events: EventRecorder,
  set: Stored<ReplicaSet>,
): Promise<{ requeueAfterMs?: number } | undefined> {
  const claimed = await claimObjects(context, {
    owner: set,
    ownerKind: replicaSets,
    kind: pods,
    selector: set.spec?.selector,
    adoptable: isActive,
  });
  const count: ReplicaCount = {
    active: claimed.filter(isActive),
    terminating: claimed.filter((pod) => isTerminating(pod) && !isEnded(pod)).length,
  };
  const after = set.metadata.deletionTimestamp === undefined ? await scale(context, events, set, count) : count;
  await writeStatus(context, replicaSets, set, renderReplicaSetStatus(set, after, context.clock.now()));
  if (after.failure !== undefined) throw after.failure.error;
  return nextAvailable(after.active, set.spec?.minReadySeconds, context.clock.now());
}

/** Makes what is missing or deletes what is too much; tells what then stands. */
async function scale(
  context: WorkloadContext,
  events: EventRecorder,
  set: Stored<ReplicaSet>,
  count: ReplicaCount,
): Promise<ReplicaCount> {
  const { active } = count;
  const template = set.spec?.template ?? {};
  const missing = Math.min((set.spec?.replicas ?? 1) - active.length, burst);
  if (missing > 0) {
    const wanted = Array.from({ length: missing }, () => renderPod(template, replicaSets, set));
    const { created, failure } = await createPods(context, events, set, wanted);
    const all = [...active, ...created];
    return { ...count, active: all, failure: failure === undefined ? undefined : { doing: 'create', error: failure } };
  }
  if (missing === 0) return count;
  const victims = orderVictims(active).slice(0, Math.min(-missing, burst));
  try {
    await deletePods(context, events, set, victims);
  } catch (error) {
    return { ...count, failure: { doing: 'delete', error } };
  }
  const { informers } = context;
  const terminating = informers
    .of(pods)
    .list(set.metadata.namespace)
    .filter((pod) => isControlledBy(pod, set) && isTerminating(pod) && !isEnded(pod)).length;
  return { ...count, active: active.filter((pod) => !victims.includes(pod)), terminating };
}
