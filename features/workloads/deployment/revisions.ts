import type { Stored } from '@croft/api/object';
import type { Deployment, PodTemplateSpec, ReplicaSet } from '@croft/api/types';
import { jsonEqual } from '@croft/foundation/json';
import { createdMs } from '../pods/victims.ts';
import type { RolloutLimits } from './limits.ts';

export const revisionAnnotation = 'deployment.kubernetes.io/revision';
export const desiredAnnotation = 'deployment.kubernetes.io/desired-replicas';
export const maxAnnotation = 'deployment.kubernetes.io/max-replicas';
export const hashLabel = 'pod-template-hash';
const historyAnnotation = 'deployment.kubernetes.io/revision-history';

/** Annotations of a Deployment that say nothing about its ReplicaSets. */
const notCopied = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'deprecated.deployment.rollback.to',
  revisionAnnotation,
  historyAnnotation,
  desiredAnnotation,
  maxAnnotation,
]);

export function revisionOf(set: Stored<ReplicaSet>): number {
  return Number(set.metadata.annotations?.[revisionAnnotation] ?? 0) || 0;
}

export const replicasOf = (set: ReplicaSet): number => set.spec?.replicas ?? 1;

export function byAge(sets: readonly Stored<ReplicaSet>[]): Stored<ReplicaSet>[] {
  return [...sets].sort((a, b) => createdMs(a) - createdMs(b) || (a.metadata.name < b.metadata.name ? -1 : 1));
}

/** The ReplicaSet of the Deployment's present template; the oldest where there are several. */
export function findNewReplicaSet(
  deployment: Deployment,
  sets: readonly Stored<ReplicaSet>[],
): Stored<ReplicaSet> | undefined {
  const wanted = withoutHash(deployment.spec?.template);
  return byAge(sets).find((set) => jsonEqual(withoutHash(set.spec?.template), wanted));
}

export function withoutHash(template: PodTemplateSpec | undefined): PodTemplateSpec {
  const { [hashLabel]: _, ...labels } = template?.metadata?.labels ?? {};
  return { ...template, metadata: { ...template?.metadata, labels } };
}

/** The annotations that the newest ReplicaSet has to have: those of its Deployment and its revision. */
export function renderSetAnnotations(
  deployment: Deployment,
  current: Readonly<Record<string, string>>,
  revision: number,
): Record<string, string> {
  const copied = Object.entries(deployment.metadata?.annotations ?? {}).filter(([name]) => !notCopied.has(name));
  const before = Number(current[revisionAnnotation] ?? 0) || 0;
  return {
    ...current,
    ...Object.fromEntries(copied),
    ...(before < revision ? { [revisionAnnotation]: String(revision), ...historyOf(current, before) } : {}),
  };
}

/** The sizes for which a ReplicaSet got its own: by them a later change of the size is spread in proportion. */
export function renderSizeAnnotations({ replicas, maxSurge }: RolloutLimits): Record<string, string> {
  return { [desiredAnnotation]: String(replicas), [maxAnnotation]: String(replicas + maxSurge) };
}

/** A template that comes back is the newest revision again; its earlier ones are kept as a list. */
function historyOf(current: Readonly<Record<string, string>>, before: number): Record<string, string> {
  if (before === 0) return {};
  const earlier = current[historyAnnotation];
  return { [historyAnnotation]: earlier === undefined ? String(before) : `${earlier},${before}` };
}
