import { pods } from '@croft/api/kinds';
import { findController } from '../ownership.ts';
import { isEnded } from '../pods/pod-state.ts';
import { byAge, replicasOf } from './revisions.ts';
import { activeSets, allSets, type Rollout, sum } from './rollout.ts';
import { scaleSet } from './scale.ts';

/** One step of a rolling update; true where a ReplicaSet got another size (pkg/controller/deployment/rolling.go). */
export async function rollOneStep(rollout: Rollout): Promise<boolean> {
  return (await growNewSet(rollout)) || (await shrinkOldSets(rollout));
}

async function growNewSet(rollout: Rollout): Promise<boolean> {
  const { newSet, limits } = rollout;
  if (newSet === undefined) return false;
  const replicas = replicasOf(newSet);
  if (replicas === limits.replicas) return false;
  return await scaleSet(rollout, newSet, replicas > limits.replicas ? limits.replicas : newSetSize(rollout));
}

/** How large the new ReplicaSet may be at this moment. */
export function newSetSize(rollout: Rollout): number {
  const { limits, newSet, deployment } = rollout;
  if (deployment.spec?.strategy?.type === 'Recreate') return limits.replicas;
  const present = newSet === undefined ? 0 : replicasOf(newSet);
  const room = limits.replicas + limits.maxSurge - sum(allSets(rollout), replicasOf);
  return room <= 0 ? present : present + Math.min(room, limits.replicas - present);
}

async function shrinkOldSets(rollout: Rollout): Promise<boolean> {
  const { limits, newSet } = rollout;
  const old = activeSets(rollout.oldSets);
  if (old.length === 0) return false;
  const total = sum(allSets(rollout), replicasOf);
  const newUnavailable = newSet === undefined ? 0 : replicasOf(newSet) - (newSet.status?.availableReplicas ?? 0);
  const room = total - (limits.replicas - limits.maxUnavailable) - newUnavailable;
  if (room <= 0) return false;
  const unhealthy = await removeUnhealthy(rollout, room);
  const healthy = await removeAvailable(rollout);
  return unhealthy + healthy > 0;
}

/** Old Pods that are not available are missed by nobody: they go first. */
async function removeUnhealthy(rollout: Rollout, most: number): Promise<number> {
  let removed = 0;
  for (const set of activeSets(rollout.oldSets)) {
    const available = set.status?.availableReplicas ?? 0;
    const count = Math.min(most - removed, replicasOf(set) - available);
    if (count <= 0) continue;
    await scaleSet(rollout, set, replicasOf(set) - count);
    removed += count;
  }
  return removed;
}

async function removeAvailable(rollout: Rollout): Promise<number> {
  const { limits } = rollout;
  const available = sum(allSets(rollout), (set) => set.status?.availableReplicas);
  const most = available - (limits.replicas - limits.maxUnavailable);
  let removed = 0;
  for (const set of byAge(activeSets(rollout.oldSets))) {
    const count = Math.min(replicasOf(set), most - removed);
    if (count <= 0) break;
    await scaleSet(rollout, set, replicasOf(set) - count);
    removed += count;
  }
  return removed;
}

/** Strategy Recreate: stops all old Pods; true while there still was or is one. */
export async function stopOldPods(rollout: Rollout): Promise<boolean> {
  const old = activeSets(rollout.oldSets);
  for (const set of old) await scaleSet(rollout, set, 0);
  return old.length > 0 || oldPodsRun(rollout);
}

function oldPodsRun({ context, deployment, oldSets }: Rollout): boolean {
  if (sum(oldSets, (set) => set.status?.replicas) > 0) return true;
  const uids = new Set(oldSets.map(({ metadata }) => metadata.uid));
  return context.informers
    .of(pods)
    .list(deployment.metadata.namespace)
    .some((pod) => uids.has(findController(pod)?.uid ?? '') && !isEnded(pod));
}
