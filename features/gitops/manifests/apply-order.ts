import { formatKey, keyOf, type UnknownObject } from '@croft/api/object';

/** The order in which kinds are applied; those that are not named stand between the two. As Flux has it. */
const first = [
  'CustomResourceDefinition',
  'Namespace',
  'ClusterRole',
  'ClusterClass',
  'RuntimeClass',
  'PriorityClass',
  'StorageClass',
  'VolumeSnapshotClass',
  'IngressClass',
  'GatewayClass',
  'ClusterRoleBinding',
  'ResourceQuota',
  'ServiceAccount',
  'Role',
  'RoleBinding',
  'ConfigMap',
  'Secret',
  'Service',
  'LimitRange',
  'Deployment',
  'StatefulSet',
  'CronJob',
  'PodDisruptionBudget',
];
const last = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'];

export function compareForApply(left: UnknownObject, right: UnknownObject): number {
  const byKind = rankOf(left.kind) - rankOf(right.kind);
  return byKind || compareText(nameOf(left), nameOf(right));
}

/** Stages are applied one after the other: definitions, classes, the rest, and what can refuse all else. */
export function stageOf({ kind = '' }: UnknownObject): 'definitions' | 'classes' | 'rest' | 'hooks' {
  if (kind === 'CustomResourceDefinition' || kind === 'Namespace' || kind === 'ClusterRole') return 'definitions';
  if (kind.endsWith('Class')) return 'classes';
  return last.includes(kind) ? 'hooks' : 'rest';
}

function rankOf(kind = ''): number {
  if (last.includes(kind)) return 1 + last.indexOf(kind);
  return first.includes(kind) ? first.indexOf(kind) - first.length : 0;
}

function nameOf(object: UnknownObject): string {
  return `${object.kind} ${formatKey(keyOf(object))}`;
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
