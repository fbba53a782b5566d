import { jobs } from '@croft/api/kinds';
import type { Stored } from '@croft/api/object';
import type { Job, Pod } from '@croft/api/types';
import { renderPod } from '../pods/create-pods.ts';
import { isActive, isEnded, isReady, isTerminating } from '../pods/pod-state.ts';

/** Keeps a Pod from going before its end has been counted. */
export const trackingFinalizer = 'batch.kubernetes.io/job-tracking';
export const indexAnnotation = 'batch.kubernetes.io/job-completion-index';

export function isTracked(pod: Pod): boolean {
  return pod.metadata?.finalizers?.includes(trackingFinalizer) === true;
}

export function hasFailed(pod: Pod): boolean {
  return pod.status?.phase === 'Failed' || (isTerminating(pod) && pod.status?.phase !== 'Succeeded' && isGone(pod));
}

/** Deleted and with nothing left to run: only our finalizer holds it. */
function isGone(pod: Pod): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds } = pod.metadata ?? {};
  const neverRan = (pod.spec?.nodeName ?? '') === '';
  return deletionTimestamp !== undefined && (deletionGracePeriodSeconds === 0 || neverRan);
}

export const hasSucceeded = (pod: Pod): boolean => pod.status?.phase === 'Succeeded';

export function isIndexed(job: Job): boolean {
  return job.spec?.completionMode === 'Indexed';
}

export function indexOf(pod: Pod): number | undefined {
  const text = pod.metadata?.annotations?.[indexAnnotation];
  return text === undefined ? undefined : Number(text);
}

export interface JobPods {
  /** Run or will run. */
  active: Stored<Pod>[];
  ready: number;
  /** On their way out. */
  terminating: Stored<Pod>[];
  all: readonly Stored<Pod>[];
}

export function sortPods(all: readonly Stored<Pod>[]): JobPods {
  const active = all.filter(isActive);
  return {
    all,
    active,
    ready: active.filter(isReady).length,
    terminating: all.filter((pod) => isTerminating(pod) && !isEnded(pod) && !hasFailed(pod)),
  };
}

export function renderJobPod(job: Stored<Job>, index: number | undefined): Pod {
  const pod = renderPod(job.spec?.template ?? {}, jobs, job);
  const metadata = { ...pod.metadata, finalizers: [...(pod.metadata?.finalizers ?? []), trackingFinalizer] };
  if (index === undefined) return { ...pod, metadata };
  const named = {
    ...metadata,
    generateName: `${job.metadata.name}-${index}-`,
    annotations: { ...metadata.annotations, [indexAnnotation]: String(index) },
    labels: { ...metadata.labels, [indexAnnotation]: String(index) },
  };
  const fieldPath = `metadata.annotations['${indexAnnotation}']`;
  const variable = { name: 'JOB_COMPLETION_INDEX', valueFrom: { fieldRef: { fieldPath } } };
  const withIndex = <C extends { env?: readonly { name: string }[] }>(containers: readonly C[]) =>
    containers.map((container) => ({ ...container, env: [...(container.env ?? []), variable] }));
  const spec = pod.spec ?? { containers: [] };
  return {
    ...pod,
    metadata: named,
    spec: {
      ...spec,
      containers: withIndex(spec.containers),
      ...(spec.initContainers === undefined ? {} : { initContainers: withIndex(spec.initContainers) }),
      ...(spec.hostname === undefined ? { hostname: `${job.metadata.name}-${index}` } : {}),
    },
  };
}
