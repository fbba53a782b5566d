import { replicationControllers } from '@croft/api/kinds';
import { matchesLabels } from '@croft/api/label-selector';
import type { KubeObject, ObjectKey, Stored } from '@croft/api/object';
import type { ReplicationController } from '@croft/api/types';
import { type Controller, ownersOf } from '@croft/controller/controller';
import type { WorkloadContext } from '../context.ts';
import { findController } from '../ownership.ts';
import { writeStatus } from '../write-status.ts';
import { startSets } from './controller.ts';

/** ReplicationControllers are ReplicaSets of an older form, and kept by the same rules (pkg/controller/replication). */
export function startReplicationControllers(context: WorkloadContext): Controller {
  return startSets(context, {
    kind: replicationControllers,
    name: 'replication',
    concerned: concernedControllers(context),
    asSet: (object) => {
      const { selector, ...spec } = object.spec ?? {};
      const matchLabels = selector ?? spec.template?.metadata?.labels ?? {};
      return { ...object, spec: { ...spec, selector: { matchLabels } } };
    },
    write: async (object, { terminatingReplicas: _, ...status }) =>
      await writeStatus(context, replicationControllers, object, status),
  });
}

function concernedControllers(context: WorkloadContext): (pod: Stored<KubeObject>) => ObjectKey[] {
  const controlling = ownersOf(replicationControllers);
  const selects = ({ spec }: Stored<ReplicationController>, { metadata }: Stored<KubeObject>) =>
    spec?.selector !== undefined && matchesLabels(spec.selector, metadata.labels);
  return (pod) => {
    if (findController(pod) !== undefined) return controlling(pod);
    const all = context.informers.of(replicationControllers).list(pod.metadata.namespace);
    return all.filter((object) => selects(object, pod)).map(({ metadata }) => metadata);
  };
}
