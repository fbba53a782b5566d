import { nodes, pods } from '@croft/api/kinds';
import type { Stored } from '@croft/api/object';
import type { Pod } from '@croft/api/types';
import { type Controller, onChangeOf, startController } from '@croft/controller/controller';
import type { WorkloadContext } from '../context.ts';

/** A node that is missing may come back for so long, as after a restart. */
const quarantineMs = 40_000;

/** Removes Pods whose node is gone: nobody else can (pkg/controller/podgc). */
export function startOrphanedPods(context: WorkloadContext): Controller {
  const missingSince = new Map<string, number>();
  const hasNode = (pod: Stored<Pod>) => {
    const name = pod.spec?.nodeName ?? '';
    return name === '' || context.informers.of(nodes).get({ name }) !== undefined;
  };
  return startController(context, {
    name: 'orphaned-pods',
    kind: pods,
    triggers: [
      onChangeOf(nodes, ({ metadata }) =>
        context.informers
          .of(pods)
          .list()
          .filter(({ spec }) => spec?.nodeName === metadata.name)
          .map((pod) => pod.metadata),
      ),
    ],
    reconcile: async (pod, { namespace, name }) => {
      const key = `${namespace}/${name}`;
      if (pod === undefined || hasNode(pod)) {
        missingSince.delete(key);
        return undefined;
      }
      const since = missingSince.get(key) ?? context.clock.now();
      missingSince.set(key, since);
      const leftMs = since + quarantineMs - context.clock.now();
      if (leftMs > 0) return { requeueAfterMs: leftMs };
      await context.writer.delete(pods, pod, { gracePeriodSeconds: 0 });
      missingSince.delete(key);
      return undefined;
    },
  });
}
