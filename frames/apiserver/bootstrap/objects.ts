import type { UnknownObject } from '@croft/api/object';
import { isAlreadyExists } from '@croft/api/status';
import { type Core, ownOptions } from '../core.ts';
import { createObject } from '../create.ts';
import { decodeAs } from '../decode.ts';
import { internal } from '../failures.ts';
import { keyFor } from '../served-resource.ts';
import { systemUser } from '../user.ts';
import { type DefaultRole, defaultRoles } from './roles.ts';

const namespaces = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];
const rbacGroup = 'rbac.authorization.k8s.io';

/** Makes the objects that every server has, where they are not there yet. */
export async function createDefaultObjects(core: Core): Promise<void> {
  await Promise.all(namespaces.map((name) => ensure(core, '', 'v1', 'namespaces', { metadata: { name } })));
  await Promise.all([
    ...defaultRoles.map((role) => ensure(core, rbacGroup, 'v1', 'clusterroles', clusterRole(role))),
    ...defaultRoles.flatMap((role) =>
      role.groups === undefined ? [] : [ensure(core, rbacGroup, 'v1', 'clusterrolebindings', clusterRoleBinding(role))],
    ),
    ensure(core, '', 'v1', 'services', apiService(core.addresses.apiAddress)),
    ...priorityClasses.map((object) => ensure(core, 'scheduling.k8s.io', 'v1', 'priorityclasses', object)),
  ]);
}

/** Creates an object unless there is one of its name. */
export async function ensure(
  core: Core,
  group: string,
  version: string,
  plural: string,
  object: UnknownObject,
): Promise<void> {
  const served = core.resources.find(group, version, plural);
  if (served === undefined) return;
  const { name = '', namespace = '' } = object.metadata ?? {};
  if (core.store.get(keyFor(served, namespace, name)) !== undefined) return;
  const writing = { core, served, user: systemUser, namespace, options: ownOptions, subresource: '', warnings: [] };
  try {
    await createObject(writing, decodeAs(served, object, internal).object);
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
}

const bootstrapping = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };
const updated = { 'rbac.authorization.kubernetes.io/autoupdate': 'true' };

function clusterRole({ name, labels, rules, aggregates }: DefaultRole): UnknownObject {
  return {
    metadata: { name, labels: { ...bootstrapping, ...labels }, annotations: updated },
    ...(rules === undefined ? {} : { rules }),
    ...(aggregates === undefined
      ? {}
      : { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [aggregates]: 'true' } }] } }),
  };
}

function clusterRoleBinding({ name, groups = [] }: DefaultRole): UnknownObject {
  return {
    metadata: { name, labels: bootstrapping, annotations: updated },
    subjects: groups.map((group) => ({ kind: 'Group', apiGroup: rbacGroup, name: group })),
    roleRef: { apiGroup: rbacGroup, kind: 'ClusterRole', name },
  };
}

function apiService(clusterIP: string): UnknownObject {
  return {
    metadata: {
      name: 'kubernetes',
      namespace: 'default',
      labels: { component: 'apiserver', provider: 'kubernetes' },
    },
    spec: { type: 'ClusterIP', clusterIP, ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 6443 }] },
  };
}

const priorityClasses: readonly UnknownObject[] = [
  {
    metadata: { name: 'system-cluster-critical' },
    value: 2_000_000_000,
    description:
      'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  },
  {
    metadata: { name: 'system-node-critical' },
    value: 2_000_001_000,
    description: 'Used for system critical pods that must not be moved from their current node.',
  },
];
