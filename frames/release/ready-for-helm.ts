import type { Kind } from '@croft/api/kind';
import { pods, replicaSets } from '@croft/api/kinds';
import type { KubeObject, Stored, UnknownObject } from '@croft/api/object';
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
import { jsonEqual } from '@croft/foundation/json';
import type { Readiness } from './kstatus.ts';
import type { Awaited, Others } from './wait.ts';

// When Helm 3 takes an object for ready: its own rules by kind. Every kind that is not here is ready once it is there.

interface Look {
  one: Awaited;
  others: Others;
  /** Look at Jobs, too. */
  checkJobs: boolean;
}

type Rule = (object: never, look: Look) => boolean;

const rules: Readonly<Record<string, Rule>> = {
  '/Pod': isPodReady as Rule,
  '/PersistentVolumeClaim': ((claim: PersistentVolumeClaim) => claim.status?.phase === 'Bound') as Rule,
  '/Service': isServiceReady as Rule,
  '/ReplicationController': arePodsReady as Rule,
  'batch/Job': isJobReady as Rule,
  'apps/Deployment': isDeploymentReady as Rule,
  'apps/DaemonSet': isDaemonSetReady as Rule,
  'apps/StatefulSet': isStatefulSetReady as Rule,
  'apps/ReplicaSet': arePodsReady as Rule,
  'apiextensions.k8s.io/CustomResourceDefinition': isDefinitionReady as Rule,
};

/** What the rules look at beside the object. */
export function relatedForHelm({ group, kind }: Kind): readonly Kind[] {
  if (group === 'apps' && kind === 'Deployment') return [replicaSets];
  return (group === 'apps' && kind === 'ReplicaSet') || (group === '' && kind === 'ReplicationController')
    ? [pods]
    : [];
}

/** A check of objects by Helm 3's rules. */
export function readyForHelm(checkJobs: boolean) {
  return (object: Stored<KubeObject> | undefined, one: Awaited, others: Others): Readiness => {
    const rule = rules[`${one.kind.group}/${one.kind.kind}`];
    if (rule === undefined || (one.kind.kind === 'Job' && !checkJobs)) return { status: 'Current', message: '' };
    if (object === undefined) return { status: 'InProgress', message: 'does not exist' };
    const isReady = rule(object as never, { one, others, checkJobs });
    return isReady ? { status: 'Current', message: '' } : { status: 'InProgress', message: 'not ready' };
  };
}

/** A Job that failed more often than it may: waiting for it has no end. */
export function isLostJob({ spec, status }: Job): boolean {
  return (status?.failed ?? 0) > (spec?.backoffLimit ?? 6);
}

function isJobReady(job: Job): boolean {
  const { completions } = job.spec ?? {};
  return !isLostJob(job) && (completions === undefined || (job.status?.succeeded ?? 0) >= completions);
}

function isObserved(object: Stored<KubeObject>): boolean {
  const { status } = object as UnknownObject as { status?: { observedGeneration?: number } };
  return (status?.observedGeneration ?? 0) === (object.metadata.generation ?? 0);
}

function isPodReady({ status }: Pod): boolean {
  return status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true;
}

function isServiceReady({ spec, status }: Service): boolean {
  if (spec?.type === 'ExternalName') return true;
  if ((spec?.clusterIP ?? '') === '') return false;
  if (spec?.type !== 'LoadBalancer' || (spec.externalIPs ?? []).length > 0) return true;
  return status?.loadBalancer?.ingress !== undefined;
}

function isDefinitionReady(definition: KubeObject): boolean {
  const { status } = definition as UnknownObject as { status?: { conditions?: { type: string; status: string }[] } };
  for (const { type, status: is } of status?.conditions ?? []) {
    if ((type === 'Established' && is === 'True') || (type === 'NamesAccepted' && is === 'False')) return true;
  }
  return false;
}

function arePodsReady(set: Stored<ReplicaSet>, { one, others }: Look): boolean {
  const { selector } = (set.spec ?? {}) as { selector?: Record<string, unknown> };
  const labels = (one.kind.kind === 'ReplicaSet' ? selector?.matchLabels : selector) as
    | Record<string, string>
    | undefined;
  const own = others(pods, one.key.namespace).filter(({ metadata }) =>
    Object.entries(labels ?? {}).every(([name, value]) => metadata.labels?.[name] === value),
  );
  return isObserved(set) && own.every((pod) => isPodReady(pod as Stored<Pod>));
}

function isDeploymentReady(deployment: Stored<Deployment>, { one, others }: Look): boolean {
  if (deployment.spec?.paused === true) return true;
  const sets = others(replicaSets, one.key.namespace) as Stored<ReplicaSet>[];
  const current = sets.find((set) => isCurrentSet(set, deployment));
  if (current === undefined || !isObserved(current) || !isObserved(deployment)) return false;
  const wanted = deployment.spec?.replicas ?? 1;
  return (current.status?.readyReplicas ?? 0) >= wanted - maxUnavailable(deployment, wanted);
}

/** The ReplicaSet of the Deployment that has its template. */
function isCurrentSet(set: Stored<ReplicaSet>, { metadata, spec }: Stored<Deployment>): boolean {
  if (!set.metadata.ownerReferences?.some(({ uid, controller }) => uid === metadata.uid && controller)) return false;
  const { 'pod-template-hash': _, ...labels } = set.spec?.template?.metadata?.labels ?? {};
  const template = { ...set.spec?.template, metadata: { ...set.spec?.template?.metadata, labels } };
  const wanted = {
    ...spec?.template,
    metadata: { ...spec?.template.metadata, labels: { ...spec?.template.metadata?.labels } },
  };
  return jsonEqual(template, wanted);
}

function maxUnavailable({ spec }: Deployment, replicas: number): number {
  if (spec?.strategy?.type !== 'RollingUpdate' || replicas === 0) return 0;
  const { maxSurge = 0, maxUnavailable: most = 0 } = spec.strategy.rollingUpdate ?? {};
  const unavailable = scaled(most, replicas, Math.floor);
  if (unavailable === 0 && scaled(maxSurge, replicas, Math.ceil) === 0) return 1;
  return Math.min(unavailable, replicas);
}

/** A number, or a percentage of the whole. */
function scaled(value: number | string, whole: number, round: (value: number) => number): number {
  return typeof value === 'number' ? value : round((Number.parseFloat(value) * whole) / 100);
}

function isDaemonSetReady(set: Stored<DaemonSet>): boolean {
  if (!isObserved(set)) return false;
  const { type, rollingUpdate } = set.spec?.updateStrategy ?? {};
  if (type !== 'RollingUpdate') return true;
  const { desiredNumberScheduled = 0, updatedNumberScheduled = 0, numberReady = 0 } = set.status ?? {};
  const unavailable = scaled(rollingUpdate?.maxUnavailable ?? 1, desiredNumberScheduled, Math.ceil);
  return updatedNumberScheduled === desiredNumberScheduled && numberReady >= desiredNumberScheduled - unavailable;
}

function isStatefulSetReady(set: Stored<StatefulSet>): boolean {
  if (!isObserved(set)) return false;
  const { type, rollingUpdate } = set.spec?.updateStrategy ?? {};
  if (type !== 'RollingUpdate') return true;
  const replicas = set.spec?.replicas ?? 1;
  const partition = rollingUpdate?.partition ?? 0;
  const { updatedReplicas = 0, readyReplicas = 0, currentRevision, updateRevision } = set.status ?? {};
  if (updatedReplicas < replicas - partition || readyReplicas !== replicas) return false;
  return partition > 0 || currentRevision === updateRevision;
}
