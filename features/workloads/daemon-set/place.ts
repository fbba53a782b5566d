import { pods } from '@croft/api/kinds';
import type { Stored } from '@croft/api/object';
import type { Pod } from '@croft/api/types';
import { scaledValue } from '../percent.ts';
import { createPods, deletePods } from '../pods/create-pods.ts';
import { isAvailable, isTerminating } from '../pods/pod-state.ts';
import { createdMs } from '../pods/victims.ts';
import { revisionLabel } from '../revisions/controller-revisions.ts';
import type { DaemonPass } from './pass.ts';
import { hashOf, nodeOf, renderDaemonPod } from './pods.ts';

/** Deletes Pods that have failed, are on the wrong node or one too many, and makes those that are missing. */
export async function placePods(pass: DaemonPass): Promise<void> {
  const { context, events, set, revision, wanted, allowed } = pass;
  const byNode = Map.groupBy(pass.claimed, (pod) => nodeOf(pod) ?? '');
  const excess: Stored<Pod>[] = [];
  for (const [node, on] of byNode) {
    const [, ...younger] = on.filter((pod) => !isTerminating(pod)).sort((a, b) => createdMs(a) - createdMs(b));
    excess.push(...(allowed.has(node) ? [...younger, ...on.filter(hasFailed)] : on));
  }
  for (const pod of excess.filter(hasFailed)) {
    const { namespace, name } = pod.metadata;
    const message = `Found failed daemon pod ${namespace}/${name} on node ${nodeOf(pod)}, will try to kill it`;
    events.record(set, 'Warning', 'FailedDaemonPod', message);
  }
  await removePods(pass, excess);
  const left = new Set(pass.claimed.map(nodeOf));
  const missing = [...wanted].filter((node) => !left.has(node));
  const fresh = missing.map((node) => renderDaemonPod(set, revision, node));
  const { created, failure } = await createPods(context, events, set, fresh);
  pass.claimed.push(...created);
  if (failure !== undefined) throw failure;
}

const hasFailed = (pod: Pod): boolean => pod.status?.phase === 'Failed';

/**
 * Rolling update: Pods of an older template that do not serve go at once, others as many at a time as may be missing.
 * Surging Pods beside the old ones is not done: on one node it would take the old one's ports.
 */
export async function replaceOldPods(pass: DaemonPass): Promise<void> {
  const { set, revision, wanted, context } = pass;
  const { type, rollingUpdate } = set.spec?.updateStrategy ?? {};
  if (type === 'OnDelete') return;
  const minReady = set.spec?.minReadySeconds ?? 0;
  const serves = (pod: Pod) => isAvailable(pod, minReady, context.clock.now()) && !isTerminating(pod);
  const most = Math.max(1, scaledValue(rollingUpdate?.maxUnavailable ?? 1, wanted.size, 'up'));
  const onWanted = pass.claimed.filter((pod) => wanted.has(nodeOf(pod) ?? ''));
  const missing = wanted.size - new Set(onWanted.filter(serves).map(nodeOf)).size;
  const old = onWanted.filter(
    (pod) => pod.metadata.labels?.[revisionLabel] !== hashOf(revision) && !isTerminating(pod),
  );
  const idle = old.filter((pod) => !serves(pod));
  const room = Math.max(0, most - missing);
  await removePods(pass, [...idle, ...old.filter(serves).slice(0, room)]);
}

async function removePods(pass: DaemonPass, victims: readonly Stored<Pod>[]): Promise<void> {
  const { context, events, set } = pass;
  await deletePods(
    context,
    events,
    set,
    [...new Set(victims)].filter((pod) => !isTerminating(pod)),
  );
  const known = context.informers.of(pods);
  pass.claimed = pass.claimed.flatMap((pod) => {
    const now = known.get(pod.metadata);
    return now?.metadata.uid === pod.metadata.uid ? [now] : [];
  });
}
