import { formatKey, type KubeObject, keyOf, type Stored, type UnknownObject } from '@croft/api/object';
import { groupKind } from './kstatus.ts';
import type { ResolvedObject } from './objects.ts';
import type { ActionOptions } from './release-context.ts';
import { whenCurrent } from './wait.ts';

/** Kinds without status: they are ready as soon as they are written. */
const plainKinds = new Set([
  '/ConfigMap',
  '/Secret',
  '/ServiceAccount',
  'rbac.authorization.k8s.io/ClusterRole',
  'rbac.authorization.k8s.io/ClusterRoleBinding',
  'rbac.authorization.k8s.io/Role',
  'rbac.authorization.k8s.io/RoleBinding',
]);

/** Without the objects of which the answer to their write tells already that they need not be waited for. */
export function withoutSettled(
  objects: readonly ResolvedObject[],
  written: readonly UnknownObject[],
  readiness: ActionOptions['readiness'] = whenCurrent,
): ResolvedObject[] {
  const isSettled = (object: UnknownObject) =>
    plainKinds.has(groupKind(object)) && readiness(object as Stored<KubeObject>).status === 'Current';
  const settled = new Set(written.filter(isSettled).map(idOf));
  return objects.filter(({ object }) => !settled.has(idOf(object)));
}

function idOf(object: UnknownObject): string {
  return `${groupKind(object)}/${formatKey(keyOf(object))}`;
}
