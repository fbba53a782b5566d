import type { Kind } from '@croft/api/kind';
import { type KubeObject, keyOf, type Stored } from '@croft/api/object';
import type { Client } from '@croft/client/client';
import { type FieldSet, unionSets } from '@croft/patch/field-set';

/** Writers whose fields are taken over, so that what people changed by hand is put right. As kustomize-controller has it. */
const takenOver = [
  { manager: 'kubectl', operation: 'Apply' },
  { manager: 'kubectl', operation: 'Update' },
  { manager: 'before-first-apply', operation: 'Update' },
];

type Owner = NonNullable<NonNullable<KubeObject['metadata']>['managedFields']>[number];

/** Notes fields set with `kubectl apply` as set by this manager. Gives the object as it then stands. */
export async function takeOverFields(
  client: Client,
  kind: Kind,
  object: Stored<KubeObject>,
  fieldManager: string,
): Promise<Stored<KubeObject>> {
  const owners = object.metadata.managedFields ?? [];
  const taken = owners.filter((owner) => isTakenOver(owner, fieldManager));
  if (taken.length === 0) return object;
  const own = owners.find((owner) => isOwn(owner, fieldManager));
  const [first] = taken;
  const sets = [own, ...taken].map((owner) => (owner?.fieldsV1 ?? {}) as FieldSet);
  const fieldsV1 = sets.reduce((all, fields) => unionSets(all, fields));
  const merged = { ...(own ?? first), manager: fieldManager, operation: 'Apply', fieldsV1 };
  const others = owners.filter((owner) => owner !== own && !taken.includes(owner));
  const { resourceVersion } = object.metadata;
  const patch = [
    { op: 'test', path: '/metadata/resourceVersion', value: resourceVersion },
    { op: 'replace', path: '/metadata/managedFields', value: [...others, merged] },
  ];
  return await client.patch(kind, keyOf(object), patch, { type: 'json', fieldManager });
}

function isOwn({ manager, operation, subresource }: Owner, fieldManager: string): boolean {
  return manager === fieldManager && operation === 'Apply' && !subresource;
}

function isTakenOver({ manager, operation, subresource }: Owner, fieldManager: string): boolean {
  if (subresource) return false;
  return [...takenOver, { manager: fieldManager, operation: 'Update' }].some(
    (writer) => writer.manager === manager && writer.operation === operation,
  );
}
