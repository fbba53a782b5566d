import { parseApiVersion } from '@croft/api/kind';
import type { UnknownObject } from '@croft/api/object';
import { formatTime } from '@croft/foundation/clock';
import type { OwnershipRequest, Versioned } from '@croft/patch/ownership';
import { updateManagedFields } from '@croft/patch/update-managed-fields';
import type { Writing } from './core.ts';
import { prefixOf } from './served-resource.ts';

/** What besides the spec stays as it is when a status is written (GetResetFields of the status strategies). */
const keptByStatus: Readonly<Record<string, readonly (readonly string[])[]>> = {
  [prefixOf('apps', 'deployments')]: [['metadata', 'labels']],
  [prefixOf('', 'pods')]: [
    ['metadata', 'deletionTimestamp'],
    ['metadata', 'ownerReferences'],
  ],
};

/** Fields that the endpoint resets, so that writing through it makes nobody their owner. */
function resetFieldsOf(writing: Writing): readonly (readonly string[])[] {
  const hasStatus = writing.served.resource.subresources.some(({ name }) => name === 'status');
  if (!hasStatus) return [];
  if (writing.subresource !== 'status') return [['status']];
  const { custom, prefix } = writing.served;
  if (custom) return [['metadata'], ['spec']];
  return [['spec'], ...(keptByStatus[prefix] ?? [])];
}

/** What is common to both ways of writing: who writes through which endpoint, and when. */
export function ownershipRequest(writing: Writing, live: UnknownObject | undefined): OwnershipRequest {
  const { core, served, options, subresource } = writing;
  return {
    live,
    manager: options.fieldManager,
    type: served.rules.fieldType(),
    apiVersion: served.apiVersion,
    subresource: subresource === '' ? undefined : subresource,
    time: subresource === 'scale' ? undefined : formatTime(core.clock.now()),
    resetFields: resetFieldsOf(writing),
    convert: (object, apiVersion) => convertTo(writing, object, apiVersion),
  };
}

/** The object with managedFields that tell of a create, update or patch. */
export function recordOwnership(writing: Writing, live: UnknownObject | undefined, next: UnknownObject): UnknownObject {
  return updateManagedFields({ ...ownershipRequest(writing, live), next });
}

/** The object in another version of its kind; undefined when that is not served. */
function convertTo({ core, served }: Writing, object: UnknownObject, apiVersion: string): Versioned | undefined {
  const { group, version } = parseApiVersion(apiVersion);
  const other =
    core.resources.find(group, version, served.resource.plural) ??
    core.resources.all().find((candidate) => candidate.apiVersion === apiVersion && candidate.prefix === served.prefix);
  if (other === undefined || other.prefix !== served.prefix) return undefined;
  return { object: other.shown(served.stored(object)), type: other.rules.fieldType() };
}
