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

/** How far an object is, in the terms of kstatus. */
export interface Readiness {
  status: 'Current' | 'InProgress' | 'Failed' | 'Terminating' | 'NotFound';
  message: string;
}

type Conditions = { type: string; status: string; reason?: string; message?: string }[];
type Rule = (object: never) => Readiness;

const current = (message: string): Readiness => ({ status: 'Current', message });
const inProgress = (message: string): Readiness => ({ status: 'InProgress', message });
const failed = (message: string): Readiness => ({ status: 'Failed', message });

const rules: Readonly<Record<string, Rule>> = {
  '/PersistentVolumeClaim': claimStatus as Rule,
  '/Pod': podStatus as Rule,
  '/Service': serviceStatus as Rule,
  'apps/DaemonSet': daemonSetStatus as Rule,
  'apps/Deployment': deploymentStatus as Rule,
  'apps/ReplicaSet': replicaSetStatus as Rule,
  'apps/StatefulSet': statefulSetStatus as Rule,
  'batch/Job': jobStatus as Rule,
  'apiextensions.k8s.io/CustomResourceDefinition': definitionStatus as Rule,
};

/**
 * Whether an object has become what its spec says, by the rules and in the words of kstatus (sigs.k8s.io/cli-utils): first
 * what every object may tell, then rules by kind, then a condition Ready.
 */
export function kstatusOf(object: KubeObject): Readiness {
  const general = generalStatus(object);
  if (general !== undefined) return general;
  const rule = rules[groupKind(object)];
  return rule === undefined ? readyConditionStatus(object) : rule(object as never);
}

/** `apps/Deployment`; `/Pod` in the core group. */
export function groupKind({ apiVersion = '', kind }: KubeObject): string {
  return `${apiVersion.includes('/') ? apiVersion.split('/')[0] : ''}/${kind}`;
}

export function conditionsOf(object: KubeObject): Conditions {
  return (object as { status?: { conditions?: Conditions } }).status?.conditions ?? [];
}

/** What any object may tell of itself; undefined when it tells nothing. */
function generalStatus(object: KubeObject): Readiness | undefined {
  if (object.metadata?.deletionTimestamp !== undefined) {
    return { status: 'Terminating', message: 'Resource scheduled for deletion' };
  }
  const observed = (object as { status?: { observedGeneration?: number } }).status?.observedGeneration;
  const generation = object.metadata?.generation;
  if (observed !== undefined && generation !== undefined && observed !== generation) {
    return inProgress(`${object.kind} generation is ${generation}, but latest observed generation is ${observed}`);
  }
  for (const { type, status, message = '' } of conditionsOf(object)) {
    if (type === 'Reconciling' && status === 'True') return inProgress(message);
    if (type === 'Stalled' && status === 'True') return failed(message);
  }
  return undefined;
}

function readyConditionStatus(object: KubeObject): Readiness {
  const ready = conditionsOf(object).find(({ type }) => type === 'Ready');
  if (ready === undefined) return current('Resource is current');
  return ready.status === 'True' ? current('Resource is Ready') : inProgress(ready.message ?? 'not ready');
}

function deploymentStatus(deployment: Deployment): Readiness {
  const conditions = conditionsOf(deployment);
  const progressing = conditions.find(({ type }) => type === 'Progressing');
  if (progressing?.reason === 'ProgressDeadlineExceeded') return failed('Progress deadline exceeded');
  const wanted = deployment.spec?.replicas ?? 1;
  const { replicas = 0, updatedReplicas = 0, availableReplicas = 0, readyReplicas = 0 } = deployment.status ?? {};
  if (replicas < wanted) return inProgress(`Replicas: ${replicas}/${wanted}`);
  if (updatedReplicas < wanted) return inProgress(`Updated: ${updatedReplicas}/${wanted}`);
  if (replicas > wanted) return inProgress(`Pending termination: ${replicas - wanted}`);
  if (availableReplicas < updatedReplicas) return inProgress(`Available: ${availableReplicas}/${updatedReplicas}`);
  if (readyReplicas < wanted) return inProgress(`Ready: ${readyReplicas}/${wanted}`);
  const hasDeadline = deployment.spec?.progressDeadlineSeconds !== undefined;
  const isDone = progressing?.status === 'True' && progressing.reason === 'NewReplicaSetAvailable';
  if (hasDeadline && !isDone) return inProgress('ReplicaSet not Available');
  const isAvailable = conditions.some(({ type, status }) => type === 'Available' && status === 'True');
  return isAvailable
    ? current(`Deployment is available. Replicas: ${replicas}`)
    : inProgress('Deployment not Available');
}

function statefulSetStatus({ spec, status }: StatefulSet): Readiness {
  if (spec?.updateStrategy?.type === 'OnDelete') return current('StatefulSet is using the ondelete update strategy');
  const wanted = spec?.replicas ?? 1;
  const { replicas = 0, readyReplicas = 0, currentReplicas = 0, updatedReplicas = 0 } = status ?? {};
  if (replicas < wanted) return inProgress(`Replicas: ${replicas}/${wanted}`);
  if (readyReplicas < wanted) return inProgress(`Ready: ${readyReplicas}/${wanted}`);
  if (replicas > wanted) return inProgress(`Pending termination: ${replicas - wanted}`);
  const partition = spec?.updateStrategy?.rollingUpdate?.partition;
  if (partition !== undefined) {
    const due = wanted - partition;
    if (updatedReplicas < due) return inProgress(`updated: ${updatedReplicas}/${due}`);
    return current(`Partition rollout complete. updated: ${updatedReplicas}`);
  }
  if (currentReplicas < wanted) return inProgress(`current: ${currentReplicas}/${wanted}`);
  if (status?.currentRevision !== status?.updateRevision) {
    return inProgress('Waiting for updated revision to match current');
  }
  return current(`All replicas scheduled as expected. Replicas: ${replicas}`);
}

function daemonSetStatus({ metadata, status }: DaemonSet): Readiness {
  if (metadata?.generation === undefined) return inProgress('DaemonSet metadata.generation not found');
  if (status?.observedGeneration === undefined) return inProgress('DaemonSet status.observedGeneration not found');
  const { desiredNumberScheduled: wanted, currentNumberScheduled, updatedNumberScheduled = 0 } = status;
  const { numberAvailable = 0, numberReady } = status;
  if (wanted === undefined) return inProgress('Missing .status.desiredNumberScheduled');
  if (currentNumberScheduled < wanted) return inProgress(`Current: ${currentNumberScheduled}/${wanted}`);
  if (updatedNumberScheduled < wanted) return inProgress(`Updated: ${updatedNumberScheduled}/${wanted}`);
  if (numberAvailable < wanted) return inProgress(`Available: ${numberAvailable}/${wanted}`);
  if (numberReady < wanted) return inProgress(`Ready: ${numberReady}/${wanted}`);
  return current(`All replicas scheduled as expected. Replicas: ${wanted}`);
}

function replicaSetStatus(set: ReplicaSet): Readiness {
  if (conditionsOf(set).some(({ type, status }) => type === 'ReplicaFailure' && status === 'True')) {
    return inProgress('Replica Failure condition. Check Pods');
  }
  const wanted = set.spec?.replicas ?? 1;
  const { replicas = 0, fullyLabeledReplicas = 0, availableReplicas = 0, readyReplicas = 0 } = set.status ?? {};
  if (fullyLabeledReplicas < wanted) return inProgress(`Labelled: ${fullyLabeledReplicas}/${wanted}`);
  if (availableReplicas < wanted) return inProgress(`Available: ${availableReplicas}/${wanted}`);
  if (readyReplicas < wanted) return inProgress(`Ready: ${readyReplicas}/${wanted}`);
  if (replicas > wanted) return inProgress(`Pending termination: ${replicas - wanted}`);
  return current(`ReplicaSet is available. Replicas: ${replicas}`);
}

function claimStatus({ status }: PersistentVolumeClaim): Readiness {
  if (status?.phase === 'Bound') return current('PVC is Bound');
  return inProgress(`PVC is not Bound. phase: ${status?.phase ?? 'unknown'}`);
}

function podStatus(pod: Pod): Readiness {
  const { phase = '', containerStatuses = [] } = pod.status ?? {};
  if (phase === 'Succeeded') return current('Pod has completed successfully');
  if (phase === 'Failed') return current('Pod has completed, but not successfully');
  if (phase === '') return inProgress('Pod phase not available');
  const conditions = conditionsOf(pod);
  if (phase === 'Pending') {
    const scheduled = conditions.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
    const isRefused = scheduled?.reason === 'Unschedulable';
    return inProgress(isRefused ? 'Pod has not been scheduled' : 'Pod is in the Pending phase');
  }
  if (conditions.some(({ type, status }) => type === 'Ready' && status === 'True')) return current('Pod is Ready');
  const looping = containerStatuses.filter(({ state }) => state?.waiting?.reason === 'CrashLoopBackOff');
  if (looping.length === 0) return inProgress('Pod is running but is not Ready');
  return failed(`Containers in CrashLoop state: ${looping.map(({ name }) => name).join(',')}`);
}

function jobStatus(job: Job): Readiness {
  const { succeeded = 0, active = 0, failed: lost = 0, startTime } = job.status ?? {};
  const completions = job.spec?.completions ?? job.spec?.parallelism ?? 1;
  for (const { type, status } of conditionsOf(job)) {
    if (status !== 'True') continue;
    if (type === 'Complete') return current(`Job Completed. succeeded: ${succeeded}/${completions}`);
    if (type === 'Failed') return failed(`Job Failed. failed: ${lost}/${completions}`);
    if (type === 'Suspended') return current('Job is suspended');
  }
  if (startTime === undefined) return inProgress('Job not started');
  return current(`Job in progress. success:${succeeded}, active: ${active}, failed: ${lost}`);
}

function serviceStatus({ spec }: Service): Readiness {
  const isBare = spec?.type === 'LoadBalancer' && (spec.clusterIP ?? '') === '';
  return isBare ? inProgress('ClusterIP not set. Service type: LoadBalancer') : current('Service is ready');
}

function definitionStatus(definition: KubeObject): Readiness {
  for (const { type, status, reason, message = '' } of conditionsOf(definition)) {
    if (type === 'NamesAccepted' && status === 'False') return failed(message);
    if (type !== 'Established') continue;
    if (status === 'True') return current('CRD is established');
    if (status === 'False' && reason !== 'Installing') return failed(message);
  }
  return inProgress('Install in progress');
}
