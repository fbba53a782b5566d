import { keyOf } from '@croft/api/object';
import { unionSets } from '@croft/patch/field-set';
import { type Owner, parseOwners, renderManagedFields } from '@croft/patch/managed-fields';
import type { ResolvedObject } from './objects.ts';
import type { ReleaseContext } from './release-context.ts';

/**
 * Makes the fields that a manager owns by its patches fields that it owns by server-side apply, so that what a manifest no
 * longer has goes away. Behaviour of client-go's csaupgrade, as Helm 4 uses it.
 */
export async function takeOverFields(
  { client }: ReleaseContext,
  { kind, object }: ResolvedObject,
  manager: string,
): Promise<void> {
  const key = keyOf(object);
  const { metadata } = await client.get(kind, key);
  const owners = parseOwners(metadata.managedFields);
  const upgraded = owners === undefined ? undefined : upgradeOwners(owners, manager);
  if (upgraded === undefined) return;
  const patch = [
    { op: 'replace', path: '/metadata/managedFields', value: renderManagedFields(upgraded) ?? [] },
    { op: 'replace', path: '/metadata/resourceVersion', value: metadata.resourceVersion },
  ];
  await client.patch(kind, key, patch, { fieldManager: manager, type: 'json' });
}

/** undefined when the manager has no fields by patches. */
function upgradeOwners(owners: readonly Owner[], manager: string): Owner[] | undefined {
  const isOwn = (owner: Owner) => owner.manager === manager && owner.subresource === '';
  const updates = owners.filter((owner) => isOwn(owner) && owner.operation === 'Update');
  const [first] = updates;
  if (first === undefined) return undefined;
  const applied = owners.find((owner) => isOwn(owner) && owner.operation === 'Apply') ?? first;
  const fields = updates.reduce((joined, owner) => unionSets(joined, owner.fields), applied.fields);
  const joined: Owner = { ...applied, operation: 'Apply', fields, entry: undefined };
  return [joined, ...owners.filter((owner) => owner !== applied && !updates.includes(owner))];
}
