import type { Stored } from '@croft/api/object';
import type { Pod, StatefulSet } from '@croft/api/types';
import { isAvailable, isReady, isTerminating } from '../pods/pod-state.ts';
import { omitZeros } from '../write-status.ts';
import { isOfRevision, type SetPass } from './pass.ts';

export type StatefulSetStatus = NonNullable<StatefulSet['status']>;

export function renderStatefulSetStatus(pass: SetPass): StatefulSetStatus {
  const { set, current, update } = pass;
  const all = [...pass.wanted.values(), ...pass.condemned];
  const counts = countPods(pass, all);
  const replicas = set.spec?.replicas ?? 1;
  const rolling = set.spec?.updateStrategy?.type !== 'OnDelete';
  const done = rolling && counts.updated === replicas && counts.ready === replicas && counts.replicas === replicas;
  return {
    observedGeneration: set.metadata.generation ?? 0,
    replicas: counts.replicas,
    ...omitZeros({
      readyReplicas: counts.ready,
      currentReplicas: done ? counts.updated : counts.current,
      updatedReplicas: counts.updated,
    }),
    availableReplicas: counts.available,
    currentRevision: (done ? update : current).metadata.name,
    updateRevision: update.metadata.name,
    collisionCount: set.status?.collisionCount ?? 0,
  };
}

function countPods({ set, context, current, update }: SetPass, all: readonly Stored<Pod>[]) {
  const running = all.filter((pod) => pod.status?.phase === 'Running' && isReady(pod));
  const minReady = set.spec?.minReadySeconds ?? 0;
  const nowMs = context.clock.now();
  const staying = all.filter((pod) => !isTerminating(pod));
  return {
    replicas: all.length,
    ready: running.length,
    available: running.filter((pod) => isAvailable(pod, minReady, nowMs)).length,
    current: staying.filter((pod) => isOfRevision(pod, current)).length,
    updated: staying.filter((pod) => isOfRevision(pod, update)).length,
  };
}
