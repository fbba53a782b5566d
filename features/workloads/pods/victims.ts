import type { Stored } from '@croft/api/object';
import type { Pod } from '@croft/api/types';
import { findPodCondition, isReady } from './pod-state.ts';

export const deletionCostAnnotation = 'controller.kubernetes.io/pod-deletion-cost';

const phaseOrder = ['Pending', 'Unknown', 'Running'];

/**
 * Pods in the order in which they may go when there are too many (ActivePodsWithRanks in k8s.io/kubernetes
 * pkg/controller): first those that nobody would miss.
 */
export function orderVictims(pods: readonly Stored<Pod>[]): Stored<Pod>[] {
  return [...pods].sort(
    (a, b) =>
      Number(isAssigned(a)) - Number(isAssigned(b)) ||
      phaseRank(a) - phaseRank(b) ||
      Number(isReady(a)) - Number(isReady(b)) ||
      deletionCost(a) - deletionCost(b) ||
      readySinceMs(b) - readySinceMs(a) ||
      restarts(b) - restarts(a) ||
      createdMs(b) - createdMs(a),
  );
}

export function createdMs(object: Stored<object>): number {
  return Date.parse(object.metadata.creationTimestamp ?? '') || 0;
}

const isAssigned = (pod: Pod): boolean => (pod.spec?.nodeName ?? '') !== '';
const phaseRank = (pod: Pod): number => phaseOrder.indexOf(pod.status?.phase ?? 'Pending');
const deletionCost = (pod: Pod): number => Number(pod.metadata?.annotations?.[deletionCostAnnotation] ?? 0) || 0;
const restarts = (pod: Pod): number =>
  Math.max(0, ...(pod.status?.containerStatuses ?? []).map(({ restartCount }) => restartCount));

function readySinceMs(pod: Pod): number {
  if (!isReady(pod)) return 0;
  return Date.parse(findPodCondition(pod, 'Ready')?.lastTransitionTime ?? '') || 0;
}
