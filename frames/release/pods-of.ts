import type { KubeObject } from '@croft/api/object';
import type { PodTemplateSpec } from '@croft/api/types';

/** Which Pods a workload has, and what they are made from. */
export interface PodsOf {
  /** The fields of a list's or a watch's scope. */
  scope: { namespace?: string; labelSelector: string } | { namespace?: string; fieldSelector: string };
  template: PodTemplateSpec;
}

interface WorkloadSpec {
  selector?: { matchLabels?: Record<string, string> };
  template?: PodTemplateSpec;
}

/** Where the Pods of an object of a manifest are; undefined for what has none. */
export function podsOf(object: KubeObject): PodsOf | undefined {
  const { metadata = {}, kind } = object;
  const { namespace, name } = metadata;
  const spec = ((object as { spec?: unknown }).spec ?? {}) as WorkloadSpec;
  const within = namespace === undefined ? {} : { namespace };
  if (kind === 'Pod' && name !== undefined)
    return { scope: { ...within, fieldSelector: `metadata.name=${name}` }, template: object as PodTemplateSpec };
  if (spec.template === undefined) return undefined;
  if (kind === 'Job' && name !== undefined)
    return { scope: { ...within, labelSelector: `job-name=${name}` }, template: spec.template };
  const labels = Object.entries(spec.selector?.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  return labels.length === 0
    ? undefined
    : { scope: { ...within, labelSelector: labels.join(',') }, template: spec.template };
}
