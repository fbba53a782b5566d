import type { UnknownObject } from '@croft/api/object';
import type { Pod, PodSpec } from '@croft/api/types';
import { jsonEqual } from '@croft/foundation/json';
import { forbidden } from '../../failures.ts';
import type { Lookup } from '../../kind-rules.ts';

interface RuntimeClass extends UnknownObject {
  overhead?: { podFixed?: Record<string, string> };
  scheduling?: { nodeSelector?: Record<string, string>; tolerations?: NonNullable<PodSpec['tolerations']> };
}

/** The RuntimeClass plugin: the class has to exist, may cost something of its own, and says which nodes have it. */
export function admitRuntimeClass(pod: Pod, spec: PodSpec, lookup: Lookup): void {
  const refuse = (why: string) => forbidden({ group: '', plural: 'pods' }, pod.metadata?.name ?? '', why);
  const name = spec.runtimeClassName;
  if (name === undefined) {
    if (spec.overhead === undefined) return;
    throw refuse('pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead');
  }
  const found = lookup.find('runtimeclasses.node.k8s.io', undefined, name) as RuntimeClass | undefined;
  if (found === undefined) throw refuse(`pod rejected: RuntimeClass ${JSON.stringify(name)} not found`);
  const overhead = found.overhead?.podFixed;
  if (spec.overhead !== undefined && !jsonEqual(spec.overhead, overhead)) {
    throw refuse("pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead");
  }
  if (overhead !== undefined) spec.overhead = { ...overhead };
  const { nodeSelector = {}, tolerations = [] } = found.scheduling ?? {};
  for (const [key, value] of Object.entries(nodeSelector)) {
    const own = spec.nodeSelector?.[key];
    if (own === undefined || own === value) continue;
    throw refuse(
      `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${own}`,
    );
  }
  if (Object.keys(nodeSelector).length > 0) spec.nodeSelector = { ...spec.nodeSelector, ...nodeSelector };
  const own = spec.tolerations ?? [];
  const added = tolerations.filter((one) => !own.some((other) => jsonEqual(one, other)));
  if (added.length > 0) spec.tolerations = [...own, ...structuredClone(added)];
}
