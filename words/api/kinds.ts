import { defineKind } from './kind.ts';
import type {
  ConfigMap,
  ControllerRevision,
  CronJob,
  CustomResourceDefinition,
  DaemonSet,
  Deployment,
  EndpointSlice,
  Endpoints,
  Event,
  Ingress,
  IngressClass,
  Job,
  Lease,
  Namespace,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  PodDisruptionBudget,
  ReplicaSet,
  ReplicationController,
  Secret,
  Service,
  ServiceAccount,
  StatefulSet,
  StorageClass,
} from './types.ts';

export const configMaps = defineKind<ConfigMap>('v1', 'ConfigMap', 'configmaps');
export const endpoints = defineKind<Endpoints>('v1', 'Endpoints', 'endpoints');
export const events = defineKind<Event>('v1', 'Event', 'events');
export const namespaces = defineKind<Namespace>('v1', 'Namespace', 'namespaces', 'Cluster');
export const nodes = defineKind<Node>('v1', 'Node', 'nodes', 'Cluster');
export const persistentVolumeClaims = defineKind<PersistentVolumeClaim>(
  'v1',
  'PersistentVolumeClaim',
  'persistentvolumeclaims',
);
export const persistentVolumes = defineKind<PersistentVolume>('v1', 'PersistentVolume', 'persistentvolumes', 'Cluster');
export const pods = defineKind<Pod>('v1', 'Pod', 'pods');
export const secrets = defineKind<Secret>('v1', 'Secret', 'secrets');
export const serviceAccounts = defineKind<ServiceAccount>('v1', 'ServiceAccount', 'serviceaccounts');
export const services = defineKind<Service>('v1', 'Service', 'services');
export const controllerRevisions = defineKind<ControllerRevision>(
  'apps/v1',
  'ControllerRevision',
  'controllerrevisions',
);
export const daemonSets = defineKind<DaemonSet>('apps/v1', 'DaemonSet', 'daemonsets');
export const deployments = defineKind<Deployment>('apps/v1', 'Deployment', 'deployments');
export const replicaSets = defineKind<ReplicaSet>('apps/v1', 'ReplicaSet', 'replicasets');
export const replicationControllers = defineKind<ReplicationController>(
  'v1',
  'ReplicationController',
  'replicationcontrollers',
);
export const statefulSets = defineKind<StatefulSet>('apps/v1', 'StatefulSet', 'statefulsets');
export const cronJobs = defineKind<CronJob>('batch/v1', 'CronJob', 'cronjobs');
export const jobs = defineKind<Job>('batch/v1', 'Job', 'jobs');
export const leases = defineKind<Lease>('coordination.k8s.io/v1', 'Lease', 'leases');
export const endpointSlices = defineKind<EndpointSlice>('discovery.k8s.io/v1', 'EndpointSlice', 'endpointslices');
export const ingresses = defineKind<Ingress>('networking.k8s.io/v1', 'Ingress', 'ingresses');
export const ingressClasses = defineKind<IngressClass>(
  'networking.k8s.io/v1',
  'IngressClass',
  'ingressclasses',
  'Cluster',
);
export const podDisruptionBudgets = defineKind<PodDisruptionBudget>(
  'policy/v1',
  'PodDisruptionBudget',
  'poddisruptionbudgets',
);
export const storageClasses = defineKind<StorageClass>(
  'storage.k8s.io/v1',
  'StorageClass',
  'storageclasses',
  'Cluster',
);
export const customResourceDefinitions = defineKind<CustomResourceDefinition>(
  'apiextensions.k8s.io/v1',
  'CustomResourceDefinition',
  'customresourcedefinitions',
  'Cluster',
);
