import type { Kind } from '@croft/api/kind';
import { pods, replicaSets } from '@croft/api/kinds';
import type { KubeObject, ObjectKey, Stored } from '@croft/api/object';
import { type Controller, onChangeOf, startController } from '@croft/controller/controller';
import type { EventRecorder } from '@croft/controller/events';
import type { WorkloadContext } from '../context.ts';
import { claimObjects, concernedOwners, isControlledBy } from '../ownership.ts';
import { createPods, deletePods, renderPod } from '../pods/create-pods.ts';
import { isActive, isEnded, isTerminating, nextAvailable } from '../pods/pod-state.ts';
import { orderVictims } from '../pods/victims.ts';
import { writeStatus } from '../write-status.ts';
import { type ReplicaCount, type ReplicaSetStatus, renderReplicaSetStatus, type SetObject } from './status.ts';

/** More than so many Pods are not made or deleted in one go. */
const burst = 500;

/** A kind of objects that each keep a number of Pods, told in terms of ReplicaSets. */
export interface SetKind<T extends KubeObject> {
  readonly kind: Kind<T>;
  /** Of the controller: `replicaset`. */
  readonly name: string;
  /** Which of them the change of a Pod concerns. */
  concerned(pod: Stored<KubeObject>): ObjectKey[];
  asSet(object: Stored<T>): SetObject;
  write(object: Stored<T>, status: ReplicaSetStatus): Promise<unknown>;
}

/** Keeps as many Pods as each ReplicaSet says (pkg/controller/replicaset). */
export function startReplicaSets(context: WorkloadContext): Controller {
  return startSets(context, {
    kind: replicaSets,
    name: 'replicaset',
    concerned: concernedOwners(context, replicaSets),
    asSet: (set) => set,
    write: async (set, status) => await writeStatus(context, replicaSets, set, status),
  });
}

export function startSets<T extends KubeObject>(context: WorkloadContext, sets: SetKind<T>): Controller {
  const events = context.eventsOf(`${sets.name}-controller`);
  return startController(context, {
    name: sets.name,
    kind: sets.kind,
    triggers: [onChangeOf(pods, sets.concerned)],
    reconcile: async (object) => (object === undefined ? undefined : await reconcileSet(context, events, sets, object)),
  });
}

async function reconcileSet<T extends KubeObject>(
  context: WorkloadContext,
  events: EventRecorder,
  sets: SetKind<T>,
  object: Stored<T>,
): Promise<{ requeueAfterMs?: number } | undefined> {
  const set = sets.asSet(object);
  const claimed = await claimObjects(context, {
    owner: set,
    ownerKind: sets.kind,
    kind: pods,
    selector: set.spec?.selector,
    adoptable: isActive,
  });
  const count: ReplicaCount = {
    active: claimed.filter(isActive),
    terminating: claimed.filter((pod) => isTerminating(pod) && !isEnded(pod)).length,
  };
  const after =
    set.metadata.deletionTimestamp === undefined ? await scale(context, events, sets.kind, set, count) : count;
  await sets.write(object, renderReplicaSetStatus(set, after, context.clock.now()));
  if (after.failure !== undefined) throw after.failure.error;
  return nextAvailable(after.active, set.spec?.minReadySeconds, context.clock.now());
}

/** Makes what is missing or deletes what is too much; tells what then stands. */
async function scale(
  context: WorkloadContext,
  events: EventRecorder,
  kind: Kind,
  set: SetObject,
  count: ReplicaCount,
): Promise<ReplicaCount> {
  const { active } = count;
  const template = set.spec?.template ?? {};
  const missing = Math.min((set.spec?.replicas ?? 1) - active.length, burst);
  if (missing > 0) {
    const wanted = Array.from({ length: missing }, () => renderPod(template, kind, set));
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
