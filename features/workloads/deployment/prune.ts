import { replicaSets } from '@croft/api/kinds';
import type { Stored } from '@croft/api/object';
import type { ReplicaSet } from '@croft/api/types';
import { replicasOf, revisionOf } from './revisions.ts';
import type { Rollout } from './rollout.ts';

/** Deletes the oldest of the ReplicaSets that are kept only for a rollback, beyond the limit. */
export async function pruneOldSets({ context, deployment, oldSets }: Rollout): Promise<void> {
  const limit = deployment.spec?.revisionHistoryLimit;
  if (limit === undefined || limit === 2 ** 31 - 1) return;
  const alive = oldSets.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const excess = alive.sort((a, b) => revisionOf(a) - revisionOf(b)).slice(0, Math.max(0, alive.length - limit));
  for (const set of excess.filter(isIdle)) await context.writer.delete(replicaSets, set);
}

function isIdle(set: Stored<ReplicaSet>): boolean {
  const observed = (set.metadata.generation ?? 0) <= (set.status?.observedGeneration ?? 0);
  return observed && replicasOf(set) === 0 && (set.status?.replicas ?? 0) === 0;
}
