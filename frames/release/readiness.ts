import type { KubeObject } from '@croft/api/object';
import type { Deployment, Job, Pod, Service, StatefulSet } from '@croft/api/types';
import { conditionsOf, groupKind, kstatusOf, type Readiness } from './kstatus.ts';
import { waitingReason } from './pod-trouble.ts';

const failed = (message: string): Readiness => ({ status: 'Failed', message });
const inProgress = (message: string): Readiness => ({ status: 'InProgress', message });
const current: Readiness = { status: 'Current', message: 'ready' };

type Rule = (object: never) => Readiness | undefined;

/** Where Flux and Croft are stricter than kstatus, or say more; undefined leaves it to kstatus. */
const rules: Readonly<Record<string, Rule>> = {
  'apps/Deployment': deploymentReadiness as Rule,
  'apps/StatefulSet': ((set: StatefulSet) => unobserved(set.status)) as Rule,
  'batch/Job': jobReadiness as Rule,
  '/Pod': podReadiness as Rule,
  '/Service': serviceReadiness as Rule,
};

/** Whether an object has become what its spec says: by kstatus, but Jobs must have succeeded, Pods be ready, load balancers have an address. */
export function readinessOf(object: KubeObject): Readiness {
  const general = kstatusOf(object);
  if (object.metadata?.deletionTimestamp !== undefined) return general;
  const rule = rules[groupKind(object)];
  return rule?.(object as never) ?? general;
}

function unobserved(status: { observedGeneration?: number } | undefined): Readiness | undefined {
  return status?.observedGeneration === undefined ? inProgress('has not been looked at yet') : undefined;
}

function deploymentReadiness(deployment: Deployment): Readiness | undefined {
  const progressing = conditionsOf(deployment).find(({ type }) => type === 'Progressing');
  if (progressing?.reason !== 'ProgressDeadlineExceeded') return unobserved(deployment.status);
  return failed(progressing.message ?? 'the progress deadline is exceeded');
}

function jobReadiness({ status }: Job): Readiness {
  for (const { type, status: is, message } of status?.conditions ?? []) {
    if (type === 'Complete' && is === 'True') return current;
    if (type === 'Failed' && is === 'True') return failed(message ?? 'the Job failed');
  }
  return inProgress(status?.startTime === undefined ? 'the Job has not started' : 'the Job is running');
}

function podReadiness(pod: Pod): Readiness {
  const phase = pod.status?.phase;
  if (phase === 'Succeeded') return current;
  if (phase === 'Failed') return failed(pod.status?.message ?? 'the Pod failed');
  const ready = pod.status?.conditions?.find(({ type }) => type === 'Ready');
  return ready?.status === 'True'
    ? current
    : inProgress(waitingReason(pod) ?? ready?.message ?? `the Pod is ${phase ?? 'Pending'}`);
}

function serviceReadiness({ spec, status }: Service): Readiness | undefined {
  const isWaiting = spec?.type === 'LoadBalancer' && (status?.loadBalancer?.ingress?.length ?? 0) === 0;
  return isWaiting ? inProgress('no load balancer address yet') : undefined;
}
