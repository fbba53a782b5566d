import { matchesLabels } from '@croft/api/label-selector';
import type { KubeObject, Stored } from '@croft/api/object';
import type { Pod, ReplicaSet } from '@croft/api/types';
import { errorMessage } from '@croft/foundation/errors';
import { dropCondition, setCondition } from '../conditions.ts';
import { isAvailable, isReady } from '../pods/pod-state.ts';
import { omitZeros } from '../write-status.ts';

/** Kubernetes 1.35 and later also counts the Pods that are on their way out. */
export type ReplicaSetStatus = NonNullable<ReplicaSet['status']> & { terminatingReplicas?: number };

/** A ReplicaSet, or another kind told as one. */
export type SetObject = Stored<KubeObject> & Pick<ReplicaSet, 'spec' | 'status'>;

export interface ReplicaCount {
  active: readonly Stored<Pod>[];
  terminating: number;
  /** What stood in the way of making or deleting Pods, if anything did. */
  failure?: { doing: 'create' | 'delete'; error: unknown } | undefined;
}

export function renderReplicaSetStatus(
  set: SetObject,
  { active, terminating, failure }: ReplicaCount,
  nowMs: number,
): ReplicaSetStatus {
  const labels = set.spec?.template?.metadata?.labels ?? {};
  const minReady = set.spec?.minReadySeconds ?? 0;
  const before = set.status?.conditions ?? [];
  const conditions =
    failure === undefined
      ? dropCondition(before, 'ReplicaFailure')
      : setCondition(
          before,
          {
            type: 'ReplicaFailure',
            status: 'True',
            reason: failure.doing === 'create' ? 'FailedCreate' : 'FailedDelete',
            message: errorMessage(failure.error),
          },
          nowMs,
        );
  return {
    replicas: active.length,
    ...omitZeros({
      fullyLabeledReplicas: active.filter((pod) => matchesLabels(labels, pod.metadata.labels)).length,
      readyReplicas: active.filter(isReady).length,
      availableReplicas: active.filter((pod) => isAvailable(pod, minReady, nowMs)).length,
      observedGeneration: set.metadata.generation ?? 0,
    }),
    terminatingReplicas: terminating,
    ...(conditions.length === 0 ? {} : { conditions }),
  };
}
