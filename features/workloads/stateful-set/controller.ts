import { controllerRevisions, persistentVolumeClaims, pods, statefulSets } from '@croft/api/kinds';
import type { Stored } from '@croft/api/object';
import type { StatefulSet } from '@croft/api/types';
import { type Controller, onChangeOf, readsFrom, startController } from '@croft/controller/controller';
import type { EventRecorder } from '@croft/controller/events';
import type { WorkloadContext } from '../context.ts';
import { claimObjects, concernedOwners } from '../ownership.ts';
import { nextAvailable } from '../pods/pod-state.ts';
import { ensureRevisions, pruneRevisions, revisionLabel } from '../revisions/controller-revisions.ts';
import { writeStatus } from '../write-status.ts';
import { ordinalOf } from './identity.ts';
import { type SetPass, splitPods } from './pass.ts';
import { cutDown, fillUp, rollOut } from './scale.ts';
import { renderStatefulSetStatus } from './status.ts';

/** Keeps numbered Pods with claims of their own (pkg/controller/statefulset). */
export function startStatefulSets(context: WorkloadContext): Controller {
  const events = context.eventsOf('statefulset-controller');
  return startController(context, {
    name: 'statefulset',
    kind: statefulSets,
    triggers: [
      onChangeOf(pods, concernedOwners(context, statefulSets)),
      readsFrom(controllerRevisions),
      readsFrom(persistentVolumeClaims),
    ],
    reconcile: async (set) => (set === undefined ? undefined : await reconcileStatefulSet(context, events, set)),
  });
}

async function reconcileStatefulSet(
  context: WorkloadContext,
  events: EventRecorder,
  set: Stored<StatefulSet>,
): Promise<{ requeueAfterMs?: number } | undefined> {
  const selector = set.spec?.selector;
  const owner = { owner: set, ownerKind: statefulSets, selector };
  const claimed = await claimObjects(context, {
    ...owner,
    kind: pods,
    adoptable: (pod) => ordinalOf(set, pod) !== undefined,
  });
  const { revisions, present } = await ensureRevisions(context, {
    kind: statefulSets,
    object: set,
    selector,
    template: set.spec?.template ?? {},
    collisions: set.status?.collisionCount ?? 0,
    hashLabel: 'controller.kubernetes.io/hash',
  });
  const current = revisions.find(({ metadata }) => metadata.name === set.status?.currentRevision) ?? present;
  const pass: SetPass = { context, events, set, current, update: present, ...splitPods(set, claimed) };
  try {
    if (set.metadata.deletionTimestamp === undefined) await bringNearer(pass);
  } finally {
    await writeStatus(context, statefulSets, set, renderStatefulSetStatus(pass));
  }
  const live = new Set([present, current].map(({ metadata }) => metadata.name));
  for (const pod of claimed) live.add(pod.metadata.labels?.[revisionLabel] ?? '');
  await pruneRevisions(context, revisions, live, set.spec?.revisionHistoryLimit ?? 10);
  return nextAvailable(pass.wanted.values(), set.spec?.minReadySeconds, context.clock.now());
}

async function bringNearer(pass: SetPass): Promise<void> {
  const filled = await fillUp(pass);
  if (!filled) return;
  const cut = await cutDown(pass);
  if (cut) await rollOut(pass);
}
