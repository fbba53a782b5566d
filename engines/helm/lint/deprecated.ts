/**
 * Kinds that Kubernetes marks as deprecated (the lifecycles in its API types): since which minor version of 1, until which
 * it serves them, and what to use instead.
 */
const lifecycles: readonly (readonly [apiVersion: string, kinds: string, since: number, until: number, use: string])[] =
  [
    ['v1', 'ComponentStatus', 19, 0, ''],
    ['v1', 'Endpoints', 33, 0, 'discovery.k8s.io/v1 EndpointSlice'],
    [
      'admissionregistration.k8s.io/v1beta1',
      'MutatingWebhookConfiguration ValidatingWebhookConfiguration',
      16,
      22,
      'admissionregistration.k8s.io/v1',
    ],
    ['apps/v1beta1', 'ControllerRevision Deployment StatefulSet', 8, 16, 'apps/v1'],
    ['apps/v1beta2', 'ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet', 9, 16, 'apps/v1'],
    ['autoscaling/v2beta1', 'HorizontalPodAutoscaler', 22, 25, 'autoscaling/v2'],
    ['autoscaling/v2beta2', 'HorizontalPodAutoscaler', 23, 26, 'autoscaling/v2'],
    ['batch/v1beta1', 'CronJob', 21, 25, 'batch/v1'],
    ['certificates.k8s.io/v1beta1', 'CertificateSigningRequest', 19, 22, 'certificates.k8s.io/v1'],
    ['coordination.k8s.io/v1beta1', 'Lease', 19, 22, 'coordination.k8s.io/v1'],
    ['discovery.k8s.io/v1beta1', 'EndpointSlice', 21, 25, 'discovery.k8s.io/v1'],
    ['events.k8s.io/v1beta1', 'Event', 22, 25, 'events.k8s.io/v1'],
    ['extensions/v1beta1', 'DaemonSet Deployment ReplicaSet', 8, 16, 'apps/v1'],
    ['extensions/v1beta1', 'Ingress', 14, 22, 'networking.k8s.io/v1'],
    ['extensions/v1beta1', 'NetworkPolicy', 9, 16, 'networking.k8s.io/v1'],
    [
      'flowcontrol.apiserver.k8s.io/v1beta1',
      'FlowSchema PriorityLevelConfiguration',
      23,
      26,
      'flowcontrol.apiserver.k8s.io/v1beta3',
    ],
    [
      'flowcontrol.apiserver.k8s.io/v1beta2',
      'FlowSchema PriorityLevelConfiguration',
      26,
      29,
      'flowcontrol.apiserver.k8s.io/v1beta3',
    ],
    [
      'flowcontrol.apiserver.k8s.io/v1beta3',
      'FlowSchema PriorityLevelConfiguration',
      29,
      32,
      'flowcontrol.apiserver.k8s.io/v1',
    ],
    ['networking.k8s.io/v1beta1', 'Ingress IngressClass', 19, 22, 'networking.k8s.io/v1'],
    ['node.k8s.io/v1beta1', 'RuntimeClass', 22, 25, 'node.k8s.io/v1'],
    ['policy/v1beta1', 'PodDisruptionBudget', 21, 25, 'policy/v1'],
    [
      'rbac.authorization.k8s.io/v1alpha1',
      'ClusterRole ClusterRoleBinding Role RoleBinding',
      17,
      22,
      'rbac.authorization.k8s.io/v1',
    ],
    [
      'rbac.authorization.k8s.io/v1beta1',
      'ClusterRole ClusterRoleBinding Role RoleBinding',
      17,
      22,
      'rbac.authorization.k8s.io/v1',
    ],
    ['scheduling.k8s.io/v1alpha1', 'PriorityClass', 14, 17, 'scheduling.k8s.io/v1'],
    ['scheduling.k8s.io/v1beta1', 'PriorityClass', 14, 22, 'scheduling.k8s.io/v1'],
    ['storage.k8s.io/v1beta1', 'CSIDriver CSINode StorageClass VolumeAttachment', 19, 22, 'storage.k8s.io/v1'],
    ['storage.k8s.io/v1beta1', 'CSIStorageCapacity', 24, 27, 'storage.k8s.io/v1'],
  ];

/** What Kubernetes says about a kind that is deprecated in a version; undefined when it is not. */
export function deprecationOf(
  apiVersion: string,
  kind: string,
  kube: { major: string; minor: string },
): string | undefined {
  const found = lifecycles.find(([version, kinds]) => version === apiVersion && kinds.split(' ').includes(kind));
  if (found === undefined) return undefined;
  const [, , since, until, use] = found;
  if (Number(kube.major) === 1 && Number(kube.minor) < since) return undefined;
  const end = until === 0 ? '' : `, unavailable in v1.${until}+`;
  const instead = use === '' ? '' : `; use ${use.includes(' ') ? use : `${use} ${kind}`}`;
  return `${apiVersion} ${kind} is deprecated in v1.${since}+${end}${instead}`;
}
