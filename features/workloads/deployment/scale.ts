import { replicaSets } from '@croft/api/kinds';
import type { Stored } from '@croft/api/object';
import type { ReplicaSet } from '@croft/api/types';
import { byAge, desiredAnnotation, maxAnnotation, renderSizeAnnotations, replicasOf } from './revisions.ts';
import { activeSets, allSets, type Rollout, replaceSet, sum } from './rollout.ts';

/** Gives a ReplicaSet a size and tells of it; true where it changed. The set's own sizes are noted along. */
export async function scaleSet(rollout: Rollout, set: Stored<ReplicaSet>, replicas: number): Promise<boolean> {
  const { context, events, deployment, limits } = rollout;
  const before = replicasOf(set);
  const sizes = renderSizeAnnotations(limits);
  const noted = Object.entries(sizes).every(([name, value]) => set.metadata.annotations?.[name] === value);
  if (before === replicas && noted) return false;
  const { resourceVersion } = set.metadata;
  const body = { metadata: { resourceVersion, annotations: sizes }, spec: { replicas } };
  replaceSet(rollout, await context.writer.patch(replicaSets, set, body));
  if (before === replicas) return false;
  const direction = before < replicas ? 'up' : 'down';
  const { name } = set.metadata;
  const message = `Scaled ${direction} replica set ${name} from ${before} to ${replicas}`;
  events.record(deployment, 'Normal', 'ScalingReplicaSet', message);
  return true;
}

/** Whether the size asked for has changed since the ReplicaSets were last given theirs. */
export function isScaling(rollout: Rollout): boolean {
  return activeSets(allSets(rollout)).some((set) => {
    const noted = set.metadata.annotations?.[desiredAnnotation];
    return noted !== undefined && Number(noted) !== rollout.limits.replicas;
  });
}

/**
 * Spreads a new size over the ReplicaSets in proportion to theirs, so that a rollout under way keeps its balance
 * (pkg/controller/deployment/sync.go, scale).
 */
export async function scaleProportionally(rollout: Rollout): Promise<void> {
  const { limits, newSet, oldSets, deployment } = rollout;
  const only = activeOrLatest(rollout);
  if (only !== undefined) {
    if (replicasOf(only) !== limits.replicas) await scaleSet(rollout, only, limits.replicas);
    return;
  }
  if (newSet !== undefined && isSaturated(newSet, limits.replicas)) {
    for (const set of activeSets(oldSets)) await scaleSet(rollout, set, 0);
    return;
  }
  if (deployment.spec?.strategy?.type === 'Recreate') return;
  for (const { set, replicas } of shares(rollout)) await scaleSet(rollout, set, replicas);
}

function activeOrLatest(rollout: Rollout): Stored<ReplicaSet> | undefined {
  const active = activeSets(allSets(rollout));
  if (active.length === 0) return rollout.newSet ?? byAge(rollout.oldSets).at(-1);
  return active.length === 1 ? active[0] : undefined;
}

/** It alone has all the Pods that are wanted, and they are available. */
export function isSaturated(set: Stored<ReplicaSet>, replicas: number): boolean {
  const desired = Number(set.metadata.annotations?.[desiredAnnotation]);
  return replicasOf(set) === replicas && desired === replicas && (set.status?.availableReplicas ?? 0) === replicas;
}

function shares(rollout: Rollout): { set: Stored<ReplicaSet>; replicas: number }[] {
  const { limits } = rollout;
  const active = activeSets(allSets(rollout));
  const allowed = limits.replicas > 0 ? limits.replicas + limits.maxSurge : 0;
  const toAdd = allowed - sum(active, replicasOf);
  const newestFirst = byAge(active).reverse();
  const order = (toAdd > 0 ? newestFirst : byAge(active)).sort((a, b) => replicasOf(b) - replicasOf(a));
  let added = 0;
  const result = order.map((set) => {
    const left = toAdd - added;
    const share = shareOf(rollout, set);
    const taken = toAdd === 0 ? 0 : toAdd > 0 ? Math.min(share, left) : Math.max(share, left);
    added += taken;
    return { set, replicas: replicasOf(set) + taken };
  });
  const first = result[0];
  if (first !== undefined) first.replicas = Math.max(0, first.replicas + toAdd - added);
  return result;
}

/** By how much one set should grow (or shrink, below zero). */
function shareOf({ limits, deployment }: Rollout, set: Stored<ReplicaSet>): number {
  if (limits.replicas === 0) return -replicasOf(set);
  const before = Number(set.metadata.annotations?.[maxAnnotation]) || (deployment.status?.replicas ?? 0);
  if (before === 0) return 0;
  return Math.round((replicasOf(set) * (limits.replicas + limits.maxSurge)) / before) - replicasOf(set);
}
