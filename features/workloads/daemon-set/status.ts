import type { DaemonSet } from '@croft/api/types';
import { isAvailable, isReady } from '../pods/pod-state.ts';
import { revisionLabel } from '../revisions/controller-revisions.ts';
import { omitZeros } from '../write-status.ts';
import type { DaemonPass } from './pass.ts';
import { hashOf, nodeOf } from './pods.ts';

/** Counts nodes, not Pods. */
export function renderDaemonStatus(pass: DaemonPass): NonNullable<DaemonSet['status']> {
  const { set, revision, wanted, claimed, context } = pass;
  const minReady = set.spec?.minReadySeconds ?? 0;
  const nowMs = context.clock.now();
  const onWanted = claimed.filter((pod) => wanted.has(nodeOf(pod) ?? ''));
  const countNodes = (pods: typeof claimed) => new Set(pods.map(nodeOf)).size;
  const available = countNodes(onWanted.filter((pod) => isAvailable(pod, minReady, nowMs)));
  return {
    currentNumberScheduled: countNodes(onWanted),
    numberMisscheduled: countNodes(claimed.filter((pod) => !wanted.has(nodeOf(pod) ?? ''))),
    desiredNumberScheduled: wanted.size,
    numberReady: countNodes(onWanted.filter(isReady)),
    ...omitZeros({
      observedGeneration: set.metadata.generation ?? 0,
      updatedNumberScheduled: countNodes(
        onWanted.filter((pod) => pod.metadata.labels?.[revisionLabel] === hashOf(revision)),
      ),
      numberAvailable: available,
      numberUnavailable: wanted.size - available,
    }),
    ...(set.status?.collisionCount === undefined ? {} : { collisionCount: set.status.collisionCount }),
  };
}
