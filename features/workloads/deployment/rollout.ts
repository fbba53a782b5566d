import type { Stored } from '@croft/api/object';
import type { Deployment, ReplicaSet } from '@croft/api/types';
import type { EventRecorder } from '@croft/controller/events';
import type { WorkloadContext } from '../context.ts';
import type { RolloutLimits } from './limits.ts';
import { byAge, replicasOf } from './revisions.ts';

/** One look at a Deployment: what it wants and the ReplicaSets that it has. */
export interface Rollout {
  readonly context: WorkloadContext;
  readonly events: EventRecorder;
  deployment: Stored<Deployment>;
  readonly limits: RolloutLimits;
  /** The ReplicaSet of the present template; undefined where there is none yet. */
  newSet: Stored<ReplicaSet> | undefined;
  /** The others, oldest first. */
  oldSets: Stored<ReplicaSet>[];
}

export function allSets({ newSet, oldSets }: Rollout): Stored<ReplicaSet>[] {
  return newSet === undefined ? oldSets : [...oldSets, newSet];
}

export function activeSets(sets: readonly Stored<ReplicaSet>[]): Stored<ReplicaSet>[] {
  return byAge(sets).filter((set) => replicasOf(set) > 0);
}

export function sum(sets: readonly ReplicaSet[], count: (set: ReplicaSet) => number | undefined): number {
  return sets.reduce((total, set) => total + (count(set) ?? 0), 0);
}

/** Puts what was written in the place of what stood before. */
export function replaceSet(rollout: Rollout, written: Stored<ReplicaSet>): void {
  if (rollout.newSet?.metadata.uid === written.metadata.uid) rollout.newSet = written;
  rollout.oldSets = rollout.oldSets.map((set) => (set.metadata.uid === written.metadata.uid ? written : set));
}
