import type { KubeObject } from '@croft/api/object';
import type {
  DaemonSet,
  Deployment,
  Job,
  PersistentVolumeClaim,
  Pod,
  ReplicaSet,
  Service,
  StatefulSet,
} from '@croft/api/types';
import { waitingReason } from './pod-trouble.ts';

/** How far an object is, in the terms of kstatus. */
export interface Readiness {
  status: 'Current' | 'InProgress' | 'Failed' | 'Terminating' | 'NotFound';
  message: string;
}

type Conditions = { type: string; status: string; reason?: string; message?: string }[];
type Rule = (object: never) => Readiness;

const current: Readiness = { status: 'Current', message: 'ready' };
const inProgress = (message: string): Readiness => ({ status: 'InProgress', message });
const failed = (message: string): Readiness => ({ status: 'Failed', message });

const rules: Record<string, Rule> = {
  'apps/Deployment': deploymentReadiness as Rule,
  'apps/StatefulSet': statefulSetReadiness as Rule,
  'apps/DaemonSet': daemonSetReadiness as Rule,
  'apps/ReplicaSet': replicaSetReadiness as Rule,
  'batch/Job': jobReadiness as Rule,
  '/Pod': podReadiness as Rule,
  '/PersistentVolumeClaim': claimReadiness as Rule,
  '/Service': serviceReadiness as Rule,
  'apiextensions.k8s.io/CustomResourceDefinition': definitionReadiness as Rule,
};

/** Whether an object has become what its spec says: kstatus' rules, by kind where a kind has its own. */
export function readinessOf(object: KubeObject): Readiness {
  if (object.metadata?.deletionTimestamp !== undefined) return { status: 'Terminating', message: 'is being deleted' };
  const general = generalReadiness(object);
  if (general !== undefined) return general;
  const group = object.apiVersion?.includes('/') ? object.apiVersion.split('/')[0] : '';
  const rule = rules[`${group}/${object.kind}`];
  return rule === undefined ? readyConditionReadiness(object) : rule(object as never);
}

function conditionsOf(object: KubeObject): Conditions {
  return (object as { status?: { conditions?: Conditions } }).status?.conditions ?? [];
}

function generalReadiness(object: KubeObject): Readiness | undefined {
  const observed = (object as { status?: { observedGeneration?: number } }).status?.observedGeneration;
  const generation = object.metadata?.generation;
  if (observed !== undefined && generation !== undefined && observed !== generation) {
    return inProgress(`generation ${generation} has not been looked at yet`);
  }
  for (const { type, status, message = '' } of conditionsOf(object)) {
    if (type === 'Reconciling' && status === 'True') return inProgress(message);
    if (type === 'Stalled' && status === 'True') return failed(message);
  }
  return undefined;
}

function readyConditionReadiness(object: KubeObject): Readiness {
  const ready = conditionsOf(object).find(({ type }) => type === 'Ready');
  return ready === undefined || ready.status === 'True' ? current : inProgress(ready.message ?? 'not ready');
}

function deploymentReadiness({ spec, status = {} }: Deployment): Readiness {
  const progressing = status.conditions?.find(({ type }) => type === 'Progressing');
  if (progressing?.reason === 'ProgressDeadlineExceeded')
    return failed(progressing.message ?? 'the progress deadline is exceeded');
  const wanted = spec?.replicas ?? 1;
  const { replicas = 0, updatedReplicas = 0, availableReplicas = 0, readyReplicas = 0, observedGeneration } = status;
  if (observedGeneration === undefined) return inProgress('has not been looked at yet');
  if (updatedReplicas < wanted) return inProgress(`updated ${updatedReplicas} of ${wanted} Pods`);
  if (replicas > updatedReplicas) return inProgress(`${replicas - updatedReplicas} old Pods are still there`);
  if (availableReplicas < wanted) return inProgress(`available ${availableReplicas} of ${wanted} Pods`);
  if (readyReplicas < wanted) return inProgress(`ready ${readyReplicas} of ${wanted} Pods`);
  return current;
}

function statefulSetReadiness({ spec, status }: StatefulSet): Readiness {
  if (status?.observedGeneration === undefined) return inProgress('has not been looked at yet');
  if (spec?.updateStrategy?.type === 'OnDelete') return current;
  const wanted = spec?.replicas ?? 1;
  const { replicas = 0, readyReplicas = 0, updatedReplicas = 0, currentRevision, updateRevision } = status;
  if (replicas < wanted) return inProgress(`created ${replicas} of ${wanted} Pods`);
  if (readyReplicas < wanted) return inProgress(`ready ${readyReplicas} of ${wanted} Pods`);
  if (replicas > wanted) return inProgress(`${replicas - wanted} Pods too many`);
  const partition = spec?.updateStrategy?.rollingUpdate?.partition ?? 0;
  if (partition > 0)
    return updatedReplicas < wanted - partition ? inProgress(`updated ${updatedReplicas} Pods`) : current;
  return currentRevision === updateRevision ? current : inProgress(`updated ${updatedReplicas} of ${wanted} Pods`);
}

function daemonSetReadiness({ status }: DaemonSet): Readiness {
  if (status?.observedGeneration === undefined) return inProgress('has not been looked at yet');
  const {
    desiredNumberScheduled: wanted,
    updatedNumberScheduled: updated = 0,
    numberAvailable: available = 0,
  } = status;
  if (updated < wanted) return inProgress(`updated ${updated} of ${wanted} Pods`);
  return available < wanted ? inProgress(`available ${available} of ${wanted} Pods`) : current;
}

function replicaSetReadiness({ spec, status }: ReplicaSet): Readiness {
  const wanted = spec?.replicas ?? 1;
  const available = status?.availableReplicas ?? 0;
  return available < wanted ? inProgress(`available ${available} of ${wanted} Pods`) : current;
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

function claimReadiness({ status }: PersistentVolumeClaim): Readiness {
  return status?.phase === 'Bound' ? current : inProgress(`the claim is ${status?.phase ?? 'Pending'}`);
}

function serviceReadiness({ spec, status }: Service): Readiness {
  if (spec?.type !== 'LoadBalancer' || (status?.loadBalancer?.ingress?.length ?? 0) > 0) return current;
  return inProgress('no load balancer address yet');
}

function definitionReadiness(object: KubeObject): Readiness {
  const established = conditionsOf(object).find(({ type }) => type === 'Established');
  return established?.status === 'True' ? current : inProgress('not established yet');
}
