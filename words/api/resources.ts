import { createHash } from 'node:crypto';
import { parseApiVersion } from './kind.ts';
import type { Resource, Subresource } from './resource.ts';

const all = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
const write = ['get', 'patch', 'update'];

const status = 'status';
const scale = 'scale:Scale@autoscaling/v1=get,patch,update';
const proxy = (kind: string) => `proxy:${kind}=create,delete,get,patch,update`;

interface Traits {
  /** Short names, separated by blanks. */
  short?: string;
  categories?: readonly string[];
  cluster?: true;
  verbs?: readonly string[];
  /** `name`, or `name:Kind@apiVersion=verbs` with parts left out: the resource's own kind, its version, the write verbs. */
  sub?: readonly string[];
  singular?: string;
  plural?: string;
  /** The version that objects are kept in, where it is another. */
  stored?: string;
  /** The version that the storage hash tells of, where the real server keeps another than the embedded one. */
  hashed?: string;
}

const general = { categories: ['all'] } as const;
const extension = { cluster: true, categories: ['api-extensions'] } as const;
const review = { verbs: ['create'] } as const;

/** Kinds by group and version, in the order of discovery: groups by priority, resources by name. */
const table: Record<string, Record<string, Traits>> = {
  v1: {
    Binding: { verbs: ['create'] },
    ComponentStatus: { short: 'cs', cluster: true, verbs: ['get', 'list'] },
    ConfigMap: { short: 'cm' },
    Endpoints: { short: 'ep', plural: 'endpoints', singular: 'endpoints' },
    Event: { short: 'ev' },
    LimitRange: { short: 'limits' },
    Namespace: {
      short: 'ns',
      cluster: true,
      verbs: all.filter((verb) => verb !== 'deletecollection'),
      sub: ['finalize=update', status],
    },
    Node: { short: 'no', cluster: true, sub: [proxy('NodeProxyOptions'), status] },
    PersistentVolumeClaim: { short: 'pvc', sub: [status] },
    PersistentVolume: { short: 'pv', cluster: true, sub: [status] },
    Pod: {
      short: 'po',
      ...general,
      sub: [
        'attach:PodAttachOptions=create,get',
        'binding:Binding=create',
        'ephemeralcontainers',
        'eviction:Eviction@policy/v1=create',
        'exec:PodExecOptions=create,get',
        'log=get',
        'portforward:PodPortForwardOptions=create,get',
        proxy('PodProxyOptions'),
        'resize',
        status,
      ],
    },
    PodTemplate: {},
    ReplicationController: { short: 'rc', ...general, sub: [scale, status] },
    ResourceQuota: { short: 'quota', sub: [status] },
    Secret: {},
    ServiceAccount: { short: 'sa', sub: ['token:TokenRequest@authentication.k8s.io/v1=create'] },
    Service: { short: 'svc', ...general, sub: [proxy('ServiceProxyOptions'), status] },
  },
  'apiregistration.k8s.io/v1': { APIService: { ...extension, sub: [status] } },
  'apps/v1': {
    ControllerRevision: {},
    DaemonSet: { short: 'ds', ...general, sub: [status] },
    Deployment: { short: 'deploy', ...general, sub: [scale, status] },
    ReplicaSet: { short: 'rs', ...general, sub: [scale, status] },
    StatefulSet: { short: 'sts', ...general, sub: [scale, status] },
  },
  'events.k8s.io/v1': { Event: { short: 'ev', stored: 'v1' } },
  'authentication.k8s.io/v1': {
    SelfSubjectReview: { ...review, cluster: true },
    TokenReview: { ...review, cluster: true },
  },
  'authorization.k8s.io/v1': {
    LocalSubjectAccessReview: review,
    SelfSubjectAccessReview: { ...review, cluster: true },
    SelfSubjectRulesReview: { ...review, cluster: true },
    SubjectAccessReview: { ...review, cluster: true },
  },
  'autoscaling/v2': { HorizontalPodAutoscaler: { short: 'hpa', ...general, sub: [status] } },
  'autoscaling/v1': { HorizontalPodAutoscaler: { short: 'hpa', ...general, sub: [status], stored: 'autoscaling/v2' } },
  'batch/v1': {
    CronJob: { short: 'cj', ...general, sub: [status] },
    Job: { ...general, sub: [status] },
  },
  'certificates.k8s.io/v1': { CertificateSigningRequest: { short: 'csr', cluster: true, sub: ['approval', status] } },
  'networking.k8s.io/v1': {
    IngressClass: { cluster: true },
    Ingress: { short: 'ing', sub: [status] },
    IPAddress: { short: 'ip', cluster: true },
    NetworkPolicy: { short: 'netpol' },
    ServiceCIDR: { cluster: true, sub: [status] },
  },
  'policy/v1': { PodDisruptionBudget: { short: 'pdb', sub: [status] } },
  'rbac.authorization.k8s.io/v1': {
    ClusterRoleBinding: { cluster: true },
    ClusterRole: { cluster: true },
    RoleBinding: {},
    Role: {},
  },
  'storage.k8s.io/v1': {
    CSIDriver: { cluster: true },
    CSINode: { cluster: true },
    CSIStorageCapacity: {},
    StorageClass: { short: 'sc', cluster: true },
    VolumeAttachment: { cluster: true, sub: [status] },
    VolumeAttributesClass: { short: 'vac', cluster: true },
  },
  'admissionregistration.k8s.io/v1': {
    MutatingAdmissionPolicy: { ...extension, hashed: 'admissionregistration.k8s.io/v1beta1' },
    MutatingAdmissionPolicyBinding: { ...extension, hashed: 'admissionregistration.k8s.io/v1beta1' },
    MutatingWebhookConfiguration: extension,
    ValidatingAdmissionPolicy: { ...extension, sub: [status] },
    ValidatingAdmissionPolicyBinding: extension,
    ValidatingWebhookConfiguration: extension,
  },
  'apiextensions.k8s.io/v1': {
    CustomResourceDefinition: {
      ...extension,
      short: 'crd crds',
      sub: [status],
      hashed: 'apiextensions.k8s.io/v1beta1',
    },
  },
  'scheduling.k8s.io/v1': { PriorityClass: { short: 'pc', cluster: true } },
  'coordination.k8s.io/v1': { Lease: {} },
  'node.k8s.io/v1': { RuntimeClass: { cluster: true } },
  'discovery.k8s.io/v1': { EndpointSlice: {} },
  'resource.k8s.io/v1': {
    DeviceClass: { cluster: true },
    ResourceClaim: { sub: [status] },
    ResourceClaimTemplate: {},
    ResourceSlice: { cluster: true },
  },
  'flowcontrol.apiserver.k8s.io/v1': {
    FlowSchema: { cluster: true, sub: [status] },
    PriorityLevelConfiguration: { cluster: true, sub: [status] },
  },
};

/** The built-in resources, in the order in which discovery shows groups, versions and resources. */
export const builtInResources: readonly Resource[] = Object.entries(table).flatMap(([apiVersion, kinds]) =>
  Object.entries(kinds)
    .map(([kind, traits]) => resourceOf(apiVersion, kind, traits))
    .sort((left, right) => (left.plural < right.plural ? -1 : 1)),
);

function resourceOf(apiVersion: string, kind: string, traits: Traits): Resource {
  const singular = traits.singular ?? kind.toLowerCase();
  const verbs = traits.verbs ?? all;
  const stored = traits.hashed ?? traits.stored ?? apiVersion;
  const kept = verbs.includes('watch');
  return {
    ...parseApiVersion(apiVersion),
    kind,
    singular,
    plural: traits.plural ?? pluralOf(singular),
    shortNames: traits.short?.split(' ') ?? [],
    categories: traits.categories ?? [],
    namespaced: traits.cluster !== true,
    verbs,
    subresources: (traits.sub ?? []).map((text) => subresourceOf(kind, text)),
    ...(kept ? { storageVersionHash: storageVersionHash(stored, kind) } : {}),
    ...(traits.stored === undefined ? {} : { storedAs: parseApiVersion(traits.stored) }),
  };
}

function subresourceOf(kind: string, text: string): Subresource {
  const [, name = '', ownKind, apiVersion, verbs] = /^(\w+)(?::(\w+))?(?:@([^=]+))?(?:=(.*))?$/.exec(text) ?? [];
  return {
    name,
    kind: ownKind ?? kind,
    verbs: verbs?.split(',') ?? write,
    ...(apiVersion === undefined ? {} : { apiVersion }),
  };
}

/** English plurals as far as the built-in kinds need them. */
function pluralOf(singular: string): string {
  if (/(s|ch|x)$/.test(singular)) return `${singular}es`;
  return singular.endsWith('y') ? `${singular.slice(0, -1)}ies` : `${singular}s`;
}

/** The first 8 bytes of a SHA-256 over group, version and kind of the stored form, in base64. */
export function storageVersionHash(apiVersion: string, kind: string): string {
  const { group, version } = parseApiVersion(apiVersion);
  return createHash('sha256').update(`${group}/${version}/${kind}`).digest().subarray(0, 8).toString('base64');
}
