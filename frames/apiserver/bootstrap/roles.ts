import type { PolicyRule } from '../rbac.ts';

/** A ClusterRole that every server has, with the groups it is bound to. */
export interface DefaultRole {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly rules?: readonly PolicyRule[];
  /** Takes over the rules of roles with this label. */
  readonly aggregates?: string;
  readonly groups?: readonly string[];
}

const read = ['get', 'list', 'watch'];
const write = ['create', 'delete', 'deletecollection', 'patch', 'update'];
const aggregateTo = (role: string) => `rbac.authorization.k8s.io/aggregate-to-${role}`;

function on(group: string, resources: string, verbs: readonly string[]): PolicyRule {
  return { verbs, apiGroups: [group], resources: resources.split(' ') };
}

const workloads =
  'daemonsets deployments deployments/scale replicasets replicasets/scale statefulsets statefulsets/scale';
const discoveryPaths = '/api /api/* /apis /apis/* /healthz /livez /openapi /openapi/* /readyz /version /version/'.split(
  ' ',
);

const viewRules: readonly PolicyRule[] = [
  on(
    '',
    'configmaps endpoints persistentvolumeclaims persistentvolumeclaims/status pods replicationcontrollers replicationcontrollers/scale serviceaccounts services services/status',
    read,
  ),
  on(
    '',
    'bindings events limitranges namespaces/status pods/log pods/status replicationcontrollers/status resourcequotas resourcequotas/status',
    read,
  ),
  on('', 'namespaces', read),
  on('discovery.k8s.io', 'endpointslices', read),
  on(
    'apps',
    `controllerrevisions daemonsets/status deployments/status replicasets/status statefulsets/status ${workloads}`,
    read,
  ),
  on('autoscaling', 'horizontalpodautoscalers horizontalpodautoscalers/status', read),
  on('batch', 'cronjobs cronjobs/status jobs jobs/status', read),
  on('policy', 'poddisruptionbudgets poddisruptionbudgets/status', read),
  on('networking.k8s.io', 'ingresses ingresses/status networkpolicies', read),
];

const editRules: readonly PolicyRule[] = [
  on('', 'pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy', read),
  on('', 'serviceaccounts', ['impersonate']),
  on('', 'pods pods/attach pods/exec pods/portforward pods/proxy', write),
  on('', 'pods/eviction', ['create']),
  on(
    '',
    'configmaps events persistentvolumeclaims replicationcontrollers replicationcontrollers/scale secrets serviceaccounts services services/proxy',
    write,
  ),
  on('', 'serviceaccounts/token', ['create']),
  on('apps', `${workloads} deployments/rollback`, write),
  on('autoscaling', 'horizontalpodautoscalers', write),
  on('batch', 'cronjobs jobs', write),
  on('policy', 'poddisruptionbudgets', write),
  on('networking.k8s.io', 'ingresses networkpolicies', write),
  on('coordination.k8s.io', 'leases', [...write, ...read]),
];

const adminRules: readonly PolicyRule[] = [
  on('authorization.k8s.io', 'localsubjectaccessreviews', ['create']),
  on('rbac.authorization.k8s.io', 'rolebindings roles', [...write, ...read]),
];

/** The roles that users know and build on (plugin/pkg/auth/authorizer/rbac/bootstrappolicy), without those of components. */
export const defaultRoles: readonly DefaultRole[] = [
  {
    name: 'cluster-admin',
    rules: [on('*', '*', ['*']), { verbs: ['*'], nonResourceURLs: ['*'] }],
    groups: ['system:masters'],
  },
  {
    name: 'system:discovery',
    rules: [{ verbs: ['get'], nonResourceURLs: discoveryPaths }],
    groups: ['system:authenticated'],
  },
  {
    name: 'system:basic-user',
    rules: [
      on('authorization.k8s.io', 'selfsubjectaccessreviews selfsubjectrulesreviews', ['create']),
      on('authentication.k8s.io', 'selfsubjectreviews', ['create']),
    ],
    groups: ['system:authenticated'],
  },
  {
    name: 'system:public-info-viewer',
    rules: [{ verbs: ['get'], nonResourceURLs: ['/healthz', '/livez', '/readyz', '/version', '/version/'] }],
    groups: ['system:authenticated', 'system:unauthenticated'],
  },
  {
    name: 'system:service-account-issuer-discovery',
    rules: [
      {
        verbs: ['get'],
        nonResourceURLs: [
          '/.well-known/openid-configuration',
          '/.well-known/openid-configuration/',
          '/openid/v1/jwks',
          '/openid/v1/jwks/',
        ],
      },
    ],
    groups: ['system:serviceaccounts'],
  },
  { name: 'admin', aggregates: aggregateTo('admin') },
  { name: 'edit', labels: { [aggregateTo('admin')]: 'true' }, aggregates: aggregateTo('edit') },
  { name: 'view', labels: { [aggregateTo('edit')]: 'true' }, aggregates: aggregateTo('view') },
  { name: 'system:aggregate-to-admin', labels: { [aggregateTo('admin')]: 'true' }, rules: adminRules },
  { name: 'system:aggregate-to-edit', labels: { [aggregateTo('edit')]: 'true' }, rules: editRules },
  { name: 'system:aggregate-to-view', labels: { [aggregateTo('view')]: 'true' }, rules: viewRules },
];
