import type { Kind } from '@croft/api/kind';
import { type KubeObject, keyOf, type Stored } from '@croft/api/object';
import { type Condition, findCondition } from '@croft/controller/conditions';
import type { Readiness } from '@croft/release/kstatus';

interface SourceReference {
  kind: string;
  name: string;
  namespace?: string;
}

/** What the kinds of Flux have in common, as far as following them needs it. */
export interface SyncedObject extends KubeObject {
  spec?: {
    suspend?: boolean;
    /** Of a HelmRepository: one of type `oci` is not reconciled. */
    type?: string;
    sourceRef?: SourceReference;
    chart?: { spec?: { sourceRef?: SourceReference } };
    chartRef?: SourceReference;
  };
  status?: {
    conditions?: Condition[];
    observedGeneration?: number;
    lastHandledReconcileAt?: string;
    artifact?: { revision: string };
    lastAppliedRevision?: string;
    history?: { chartVersion?: string }[];
  };
}

export interface SyncedTarget {
  kind: Kind<SyncedObject>;
  object: Stored<SyncedObject>;
}

/** `HelmRelease/apps/wordpress`. */
export function nameOfTarget({ kind, object }: SyncedTarget): string {
  const { namespace, name } = keyOf(object);
  return `${kind.kind}/${namespace}/${name}`;
}

/** The source that an object takes its files or its chart from. */
export function sourceOf({ metadata, spec }: Stored<SyncedObject>): Required<SourceReference> | undefined {
  const reference = spec?.sourceRef ?? spec?.chart?.spec?.sourceRef ?? spec?.chartRef;
  return reference && { namespace: metadata.namespace ?? 'default', ...reference };
}

/** What it is at now: a source's revision, what a Kustomization applied, a release's chart version. */
export function revisionOf({ status }: SyncedObject): string {
  return status?.artifact?.revision ?? status?.lastAppliedRevision ?? status?.history?.[0]?.chartVersion ?? '';
}

const waitingReasons = ['DependencyNotReady', 'Progressing', 'ProgressingWithRetry'];

/** Whether a request to reconcile has been carried out, and how it went. */
export function outcomeOf(object: SyncedObject | undefined, requestedAt: string): Readiness {
  if (object === undefined) return { status: 'Current', message: 'is gone' };
  const { status } = object;
  if (status?.lastHandledReconcileAt !== requestedAt) return { status: 'InProgress', message: progressOf(object) };
  const ready = findCondition(status.conditions, 'Ready');
  const message = ready?.message ?? 'has no Ready condition yet';
  if (ready?.status === 'True' && status.observedGeneration === object.metadata?.generation)
    return { status: 'Current', message };
  const isWaiting = ready?.status !== 'False' || waitingReasons.includes(ready.reason ?? '');
  return { status: isWaiting ? 'InProgress' : 'Failed', message };
}

function progressOf({ status }: SyncedObject): string {
  return findCondition(status?.conditions, 'Reconciling')?.message ?? 'has not been looked at yet';
}
