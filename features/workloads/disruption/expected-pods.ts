import { deployments, replicaSets, statefulSets } from '@croft/api/kinds';
import type { Stored } from '@croft/api/object';
import type { Pod, PodDisruptionBudget } from '@croft/api/types';
import { StalledError } from '@croft/controller/outcome';
import type { WorkloadContext } from '../context.ts';
import { findController } from '../ownership.ts';
import { scaledValue } from '../percent.ts';

/** How many Pods a budget covers, and how many of them must be healthy. Throws StalledError where nobody can tell. */
export function expectedPods(
  context: WorkloadContext,
  budget: PodDisruptionBudget,
  covered: readonly Stored<Pod>[],
): { expected: number; desired: number } {
  const { minAvailable, maxUnavailable } = budget.spec ?? {};
  if (maxUnavailable !== undefined) {
    const expected = wantedByOwners(context, covered);
    return { expected, desired: Math.max(0, expected - scaledValue(maxUnavailable, expected, 'up')) };
  }
  if (typeof minAvailable === 'number') return { expected: covered.length, desired: minAvailable };
  if (minAvailable === undefined) return { expected: covered.length, desired: 0 };
  const expected = wantedByOwners(context, covered);
  return { expected, desired: scaledValue(minAvailable, expected, 'up') };
}

/** The sizes of the workloads that the Pods belong to, each counted once. */
function wantedByOwners(context: WorkloadContext, covered: readonly Stored<Pod>[]): number {
  const sizes = new Map<string, number>();
  for (const pod of covered) {
    const { uid, size } = ownerSize(context, pod);
    sizes.set(uid, size);
  }
  return [...sizes.values()].reduce((total, size) => total + size, 0);
}

function ownerSize({ informers }: WorkloadContext, pod: Stored<Pod>): { uid: string; size: number } {
  const { namespace } = pod.metadata;
  const owner = findController(pod);
  if (owner === undefined) {
    throw new StalledError('SyncFailed', `found no controller ref for pod "${pod.metadata.name}"`);
  }
  const key = { namespace, name: owner.name };
  const set = owner.kind === 'ReplicaSet' ? informers.of(replicaSets).get(key) : undefined;
  const above = set === undefined ? undefined : findController(set);
  const deployment =
    above?.kind === 'Deployment' ? informers.of(deployments).get({ namespace, name: above.name }) : undefined;
  const stateful = owner.kind === 'StatefulSet' ? informers.of(statefulSets).get(key) : undefined;
  const found = deployment ?? set ?? stateful;
  if (found === undefined) {
    const message = `the size of ${owner.kind} "${owner.name}" that pod "${pod.metadata.name}" belongs to is not known`;
    throw new StalledError('SyncFailed', message);
  }
  return { uid: found.metadata.uid, size: found.spec?.replicas ?? 1 };
}
