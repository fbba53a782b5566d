import { daemonSets } from '@croft/api/kinds';
import type { Stored } from '@croft/api/object';
import type { ControllerRevision, DaemonSet, Pod } from '@croft/api/types';
import { renderPod } from '../pods/create-pods.ts';
import { revisionLabel } from '../revisions/controller-revisions.ts';
import { daemonTolerations } from './eligible-nodes.ts';

const generationLabel = 'pod-template-generation';
const generationAnnotation = 'deprecated.daemonset.template.generation';

/** A Pod for one node: bound to it by affinity, so that the scheduler still checks whether there is room. */
export function renderDaemonPod(set: Stored<DaemonSet>, revision: Stored<ControllerRevision>, node: string): Pod {
  const pod = renderPod(set.spec?.template ?? {}, daemonSets, set);
  const spec = pod.spec ?? { containers: [] };
  const generation = set.metadata.annotations?.[generationAnnotation] ?? String(set.metadata.generation ?? 1);
  const labels = {
    ...pod.metadata?.labels,
    [revisionLabel]: hashOf(revision),
    [generationLabel]: generation,
  };
  const terms = [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }];
  const required = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } };
  return {
    ...pod,
    metadata: { ...pod.metadata, labels },
    spec: {
      ...spec,
      affinity: { ...spec.affinity, nodeAffinity: { ...spec.affinity?.nodeAffinity, ...required } },
      tolerations: [...(spec.tolerations ?? []), ...missingTolerations(spec)],
    },
  };
}

function missingTolerations({ tolerations = [], hostNetwork }: NonNullable<Pod['spec']>) {
  return daemonTolerations(hostNetwork === true).filter(
    (own) => !tolerations.some(({ key, effect }) => key === own.key && effect === own.effect),
  );
}

export function hashOf(revision: Stored<ControllerRevision>): string {
  return revision.metadata.labels?.[revisionLabel] ?? '';
}

/** The node that a Pod runs on, or is meant for. */
export function nodeOf(pod: Pod): string | undefined {
  if ((pod.spec?.nodeName ?? '') !== '') return pod.spec?.nodeName;
  const required = pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const fields = required?.nodeSelectorTerms.flatMap(({ matchFields = [] }) => matchFields) ?? [];
  return fields.find(({ key, operator }) => key === 'metadata.name' && operator === 'In')?.values?.[0];
}
