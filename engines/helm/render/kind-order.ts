/** The order in which Helm creates objects by their kinds; others come after, by name of kind. */
export const INSTALL_ORDER: readonly string[] = [
  'PriorityClass',
  'Namespace',
  'NetworkPolicy',
  'ResourceQuota',
  'LimitRange',
  'PodSecurityPolicy',
  'PodDisruptionBudget',
  'ServiceAccount',
  'Secret',
  'SecretList',
  'ConfigMap',
  'StorageClass',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'CustomResourceDefinition',
  'ClusterRole',
  'ClusterRoleList',
  'ClusterRoleBinding',
  'ClusterRoleBindingList',
  'Role',
  'RoleList',
  'RoleBinding',
  'RoleBindingList',
  'Service',
  'DaemonSet',
  'Pod',
  'ReplicationController',
  'ReplicaSet',
  'Deployment',
  'HorizontalPodAutoscaler',
  'StatefulSet',
  'Job',
  'CronJob',
  'IngressClass',
  'Ingress',
  'APIService',
];

/** The order in which Helm deletes objects. */
export const UNINSTALL_ORDER: readonly string[] = [
  'APIService',
  'Ingress',
  'IngressClass',
  'Service',
  'CronJob',
  'Job',
  'StatefulSet',
  'HorizontalPodAutoscaler',
  'Deployment',
  'ReplicaSet',
  'ReplicationController',
  'Pod',
  'DaemonSet',
  'RoleBindingList',
  'RoleBinding',
  'RoleList',
  'Role',
  'ClusterRoleBindingList',
  'ClusterRoleBinding',
  'ClusterRoleList',
  'ClusterRole',
  'CustomResourceDefinition',
  'PersistentVolumeClaim',
  'PersistentVolume',
  'StorageClass',
  'ConfigMap',
  'SecretList',
  'Secret',
  'ServiceAccount',
  'PodDisruptionBudget',
  'PodSecurityPolicy',
  'LimitRange',
  'ResourceQuota',
  'NetworkPolicy',
  'Namespace',
  'PriorityClass',
];

/** Helm 4 creates these last and deletes them first. */
const webhooks = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'];

const installRank = rank(INSTALL_ORDER);
const installRank4 = rank([...INSTALL_ORDER, ...webhooks]);
const uninstallRank = rank(UNINSTALL_ORDER);
const uninstallRank4 = rank([...webhooks.toReversed(), ...UNINSTALL_ORDER]);

function rank(kinds: readonly string[]): ReadonlyMap<string, number> {
  return new Map(kinds.map((kind, i) => [kind, i]));
}

interface Kinded {
  kind: string;
}

/** A stable sort into the order of installation. */
export function sortForInstall<T extends Kinded>(items: readonly T[], helmVersion: 3 | 4 = 3): T[] {
  const ranks = helmVersion === 4 ? installRank4 : installRank;
  return items.toSorted((a, b) => compareBy(ranks, a.kind, b.kind));
}

/** A stable sort into the order of removal. */
export function sortForRemoval<T extends Kinded>(items: readonly T[], helmVersion: 3 | 4 = 3): T[] {
  const ranks = helmVersion === 4 ? uninstallRank4 : uninstallRank;
  return items.toSorted((a, b) => compareBy(ranks, a.kind, b.kind));
}

function compareBy(ranks: ReadonlyMap<string, number>, a: string, b: string): number {
  const x = ranks.get(a);
  const y = ranks.get(b);
  if (x !== undefined && y !== undefined) return x - y;
  if (x !== undefined) return -1;
  if (y !== undefined) return 1;
  return a === b ? 0 : a < b ? -1 : 1;
}
