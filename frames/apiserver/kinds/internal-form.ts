import { getDefinition } from '@croft/api/schemas';
import type { FieldSpec } from '@croft/api/type-spec';
import type { SecurityContext } from '@croft/api/types';
import { isJsonObject } from '@croft/foundation/json';
import { sortedMap } from './check.ts';
import { scalarZeros } from './scalars.ts';

/**
 * Some errors show a value in the form that the API server keeps in memory: fields by their Go names, in the order of the
 * Go types, none left out. These are the names; types that are not here print as in the API.
 */
const fieldNames: Readonly<Record<string, string>> = {
  'apps.v1.DeploymentStrategy': 'Type RollingUpdate',
  'apps.v1.RollingUpdateDeployment': 'MaxUnavailable MaxSurge',
  'apps.v1.RollingUpdateStatefulSetStrategy': 'Partition MaxUnavailable',
  'apps.v1.DaemonSetUpdateStrategy': 'Type RollingUpdate',
  'apps.v1.RollingUpdateDaemonSet': 'MaxUnavailable MaxSurge',
  'core.v1.Volume':
    'Name HostPath EmptyDir GCEPersistentDisk AWSElasticBlockStore GitRepo Secret NFS ISCSI Glusterfs PersistentVolumeClaim RBD Quobyte FlexVolume Cinder CephFS Flocker DownwardAPI FC AzureFile ConfigMap VsphereVolume AzureDisk PhotonPersistentDisk Projected PortworxVolume ScaleIO StorageOS CSI Ephemeral Image',
  'core.v1.HostPathVolumeSource': 'Path Type',
  'core.v1.EmptyDirVolumeSource': 'Medium SizeLimit',
  'core.v1.SecretVolumeSource': 'SecretName Items DefaultMode Optional',
  'core.v1.ConfigMapVolumeSource': 'Name Items DefaultMode Optional',
  'core.v1.KeyToPath': 'Key Path Mode',
  'core.v1.PersistentVolumeClaimVolumeSource': 'ClaimName ReadOnly',
  'core.v1.ProjectedVolumeSource': 'Sources DefaultMode',
  'core.v1.VolumeProjection': 'Secret DownwardAPI ConfigMap ServiceAccountToken ClusterTrustBundle PodCertificate',
  'core.v1.ServiceAccountTokenProjection': 'Audience ExpirationSeconds Path',
  'core.v1.ConfigMapProjection': 'Name Items Optional',
  'core.v1.SecretProjection': 'Name Items Optional',
  'core.v1.DownwardAPIProjection': 'Items',
  'core.v1.DownwardAPIVolumeSource': 'Items DefaultMode',
  'core.v1.DownwardAPIVolumeFile': 'Path FieldRef ResourceFieldRef Mode',
  'core.v1.ObjectFieldSelector': 'APIVersion FieldPath',
  'core.v1.ResourceFieldSelector': 'ContainerName Resource Divisor',
  'core.v1.Container':
    'Name Image Command Args WorkingDir Ports EnvFrom Env Resources ResizePolicy RestartPolicy RestartPolicyRules VolumeMounts VolumeDevices LivenessProbe ReadinessProbe StartupProbe Lifecycle TerminationMessagePath TerminationMessagePolicy ImagePullPolicy SecurityContext Stdin StdinOnce TTY',
  'core.v1.EphemeralContainer':
    'Name Image Command Args WorkingDir Ports EnvFrom Env Resources ResizePolicy RestartPolicy RestartPolicyRules VolumeMounts VolumeDevices LivenessProbe ReadinessProbe StartupProbe Lifecycle TerminationMessagePath TerminationMessagePolicy ImagePullPolicy SecurityContext Stdin StdinOnce TTY TargetContainerName',
  'core.v1.ContainerPort': 'Name HostPort ContainerPort Protocol HostIP',
  'core.v1.EnvVar': 'Name Value ValueFrom',
  'core.v1.EnvVarSource': 'FieldRef ResourceFieldRef ConfigMapKeyRef SecretKeyRef FileKeyRef',
  'core.v1.EnvFromSource': 'Prefix ConfigMapRef SecretRef',
  'core.v1.ConfigMapKeySelector': 'Name Key Optional',
  'core.v1.SecretKeySelector': 'Name Key Optional',
  'core.v1.ConfigMapEnvSource': 'Name Optional',
  'core.v1.SecretEnvSource': 'Name Optional',
  'core.v1.ResourceRequirements': 'Limits Requests Claims',
  'core.v1.VolumeResourceRequirements': 'Limits Requests',
  'core.v1.VolumeMount': 'Name ReadOnly RecursiveReadOnly MountPath SubPath MountPropagation SubPathExpr',
  'core.v1.Probe':
    'Exec HTTPGet TCPSocket GRPC InitialDelaySeconds TimeoutSeconds PeriodSeconds SuccessThreshold FailureThreshold TerminationGracePeriodSeconds',
  'core.v1.ExecAction': 'Command',
  'core.v1.HTTPGetAction': 'Path Port Host Scheme HTTPHeaders',
  'core.v1.TCPSocketAction': 'Port Host',
  'core.v1.Lifecycle': 'PostStart PreStop StopSignal',
  'core.v1.LifecycleHandler': 'Exec HTTPGet TCPSocket Sleep',
  'core.v1.SecurityContext':
    'Capabilities Privileged SELinuxOptions WindowsOptions RunAsUser RunAsGroup RunAsNonRoot ReadOnlyRootFilesystem AllowPrivilegeEscalation ProcMount SeccompProfile AppArmorProfile',
  'core.v1.Capabilities': 'Add Drop',
  'core.v1.SeccompProfile': 'Type LocalhostProfile',
  'core.v1.PodSecurityContext':
    'SELinuxOptions WindowsOptions RunAsUser RunAsGroup RunAsNonRoot SupplementalGroups SupplementalGroupsPolicy FSGroup FSGroupChangePolicy Sysctls SeccompProfile AppArmorProfile SELinuxChangePolicy',
  'core.v1.PodSpec':
    'Volumes InitContainers Containers EphemeralContainers RestartPolicy TerminationGracePeriodSeconds ActiveDeadlineSeconds DNSPolicy NodeSelector ServiceAccountName AutomountServiceAccountToken NodeName SecurityContext ImagePullSecrets Hostname Subdomain SetHostnameAsFQDN Affinity SchedulerName Tolerations HostAliases PriorityClassName Priority PreemptionPolicy DNSConfig ReadinessGates RuntimeClassName Overhead EnableServiceLinks TopologySpreadConstraints OS SchedulingGates ResourceClaims Resources HostnameOverride SchedulingGroup',
  'core.v1.LocalObjectReference': 'Name',
  'core.v1.Toleration': 'Key Operator Value Effect TolerationSeconds',
  'core.v1.PodSchedulingGate': 'Name',
  'core.v1.PersistentVolumeClaimSpec':
    'AccessModes Selector Resources VolumeName StorageClassName VolumeMode DataSource DataSourceRef VolumeAttributesClassName',
  'core.v1.NFSVolumeSource': 'Server Path ReadOnly',
  'core.v1.LocalVolumeSource': 'Path FSType',
  'core.v1.CSIPersistentVolumeSource':
    'Driver VolumeHandle ReadOnly FSType VolumeAttributes ControllerPublishSecretRef NodeStageSecretRef NodePublishSecretRef ControllerExpandSecretRef NodeExpandSecretRef',
  'core.v1.SecretReference': 'Name Namespace',
  'core.v1.ServicePort': 'Name Protocol AppProtocol Port TargetPort NodePort',
  'policy.v1.PodDisruptionBudgetSpec': 'MinAvailable Selector MaxUnavailable UnhealthyPodEvictionPolicy',
  'rbac.v1.RoleRef': 'APIGroup Kind Name',
};

/** The value of a built-in type as the API server has it in memory. */
export function internalForm(type: string, value: unknown): unknown {
  const names = fieldNames[type];
  if (names === undefined || !isJsonObject(value)) return value;
  const fields = new Map([...getDefinition(type).fields.values()].map((field) => [field.name.toLowerCase(), field]));
  const entries = names.split(' ').flatMap((name): [string, unknown][] => {
    const field = fields.get(name.toLowerCase());
    return field === undefined ? [] : [[name, internalField(field, value[field.name])]];
  });
  if (type !== 'core.v1.PodSpec') return Object.fromEntries(entries);
  return Object.fromEntries(
    entries.map(([name, form]) => [name, name === 'SecurityContext' ? withHostFields(value, form) : form]),
  );
}

const volumeSources =
  'GCEPersistentDisk AWSElasticBlockStore HostPath Glusterfs NFS RBD Quobyte ISCSI FlexVolume Cinder CephFS FC Flocker AzureFile VsphereVolume AzureDisk PhotonPersistentDisk PortworxVolume ScaleIO Local StorageOS CSI'.split(
    ' ',
  );

/** Where the data of a PersistentVolume is, which in memory is a part of its own. */
export function volumeSourceForm(spec: Readonly<Record<string, unknown>>): unknown {
  const fields = new Map(
    [...getDefinition('core.v1.PersistentVolumeSpec').fields.values()].map((field) => [
      field.name.toLowerCase(),
      field,
    ]),
  );
  return Object.fromEntries(
    volumeSources.map((name) => {
      const field = fields.get(name.toLowerCase());
      return [name, field === undefined ? null : internalField(field, spec[field.name])];
    }),
  );
}

/** What shares the host's namespaces is kept with the security context. */
function withHostFields(spec: Record<string, unknown>, context: unknown): unknown {
  if (!isJsonObject(context)) return context;
  return {
    HostNetwork: spec.hostNetwork ?? false,
    HostPID: spec.hostPID ?? false,
    HostIPC: spec.hostIPC ?? false,
    ShareProcessNamespace: spec.shareProcessNamespace ?? null,
    HostUsers: spec.hostUsers ?? null,
    ...context,
  };
}

function internalField(field: FieldSpec, value: unknown): unknown {
  const [container] = field.containers;
  if (container === 'list') return Array.isArray(value) ? value.map((item) => internalItem(field, item)) : null;
  if (container === 'map') return isJsonObject(value) ? sortedMap(value) : null;
  if (value !== undefined && value !== null) return internalItem(field, value);
  if (field.encoding === 'pointer' || field.encoding === 'alwaysPointer') return null;
  return field.scalar === undefined ? internalForm(field.ref ?? '', {}) : scalarZeros[field.scalar];
}

function internalItem(field: FieldSpec, value: unknown): unknown {
  return field.ref === undefined ? value : internalForm(field.ref, value);
}

export function printSecurityContext(context: SecurityContext): unknown {
  return internalForm('core.v1.SecurityContext', context);
}

/** A pod template as errors print it: its metadata beside the spec. */
export function printPodTemplate(template: unknown): unknown {
  if (!isJsonObject(template)) return null;
  const metadata = isJsonObject(template.metadata) ? template.metadata : {};
  const sorted = Object.entries(metadata).map(([key, value]) => [key, isJsonObject(value) ? sortedMap(value) : value]);
  return { ...Object.fromEntries(sorted), Spec: internalForm('core.v1.PodSpec', template.spec ?? {}) };
}
