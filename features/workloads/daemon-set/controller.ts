import { controllerRevisions, daemonSets, nodes, pods } from '@croft/api/kinds';
import { isEmptySelector } from '@croft/api/label-selector';
import type { Stored } from '@croft/api/object';
import type { DaemonSet } from '@croft/api/types';
import { type Controller, onChangeOf, readsFrom, startController } from '@croft/controller/controller';
import type { EventRecorder } from '@croft/controller/events';
import type { WorkloadContext } from '../context.ts';
import { claimObjects, concernedOwners } from '../ownership.ts';
import { nextAvailable } from '../pods/pod-state.ts';
import { ensureRevisions, pruneRevisions, revisionLabel } from '../revisions/controller-revisions.ts';
import { writeStatus } from '../write-status.ts';
import { fitsNode } from './eligible-nodes.ts';
import type { DaemonPass } from './pass.ts';
import { placePods, replaceOldPods } from './place.ts';
import { hashOf } from './pods.ts';
import { renderDaemonStatus } from './status.ts';

/** Keeps one Pod on each node that fits (pkg/controller/daemon). */
export function startDaemonSets(context: WorkloadContext): Controller {
  const events = context.eventsOf('daemonset-controller');
  return startController(context, {
    name: 'daemonset',
    kind: daemonSets,
    triggers: [
      readsFrom(controllerRevisions),
      onChangeOf(pods, concernedOwners(context, daemonSets)),
      onChangeOf(nodes, () =>
        context.informers
          .of(daemonSets)
          .list()
          .map(({ metadata }) => metadata),
      ),
    ],
    reconcile: async (set) => {
      if (set === undefined || isEmptySelector(set.spec?.selector)) return undefined;
      return await reconcileDaemonSet(context, events, set);
    },
  });
}

async function reconcileDaemonSet(
  context: WorkloadContext,
  events: EventRecorder,
  set: Stored<DaemonSet>,
): Promise<{ requeueAfterMs?: number } | undefined> {
  const selector = set.spec?.selector;
  const claimed = await claimObjects(context, { owner: set, ownerKind: daemonSets, kind: pods, selector });
  const { revisions, present } = await ensureRevisions(context, {
    kind: daemonSets,
    object: set,
    selector,
    template: set.spec?.template ?? {},
    collisions: set.status?.collisionCount ?? 0,
    hashLabel: revisionLabel,
  });
  const pass: DaemonPass = { context, events, set, revision: present, ...findNodes(context, set), claimed };
  try {
    if (set.metadata.deletionTimestamp === undefined) {
      await placePods(pass);
      await replaceOldPods(pass);
    }
  } finally {
    await writeStatus(context, daemonSets, set, renderDaemonStatus(pass));
  }
  const used = new Set(claimed.map(({ metadata }) => metadata.labels?.[revisionLabel]));
  const live = revisions.filter((revision) => revision === present || used.has(hashOf(revision)));
  const names = new Set(live.map(({ metadata }) => metadata.name));
  await pruneRevisions(context, revisions, names, set.spec?.revisionHistoryLimit ?? 10);
  return nextAvailable(pass.claimed, set.spec?.minReadySeconds, context.clock.now());
}

function findNodes(context: WorkloadContext, set: Stored<DaemonSet>): Pick<DaemonPass, 'wanted' | 'allowed'> {
  const spec = set.spec?.template?.spec ?? { containers: [] };
  const all = context.informers.of(nodes).list();
  const named = (may: 'run' | 'stay') =>
    new Set(all.filter((node) => fitsNode(spec, node)[may]).map(({ metadata }) => metadata.name));
  return { wanted: named('run'), allowed: named('stay') };
}
