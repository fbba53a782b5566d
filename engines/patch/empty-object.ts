import type { UnknownObject } from '@croft/api/object';
import type { FieldType } from '@croft/schema/field-type';

/**
 * Fields that Go's API types hold by value: an object that was just made has them already, so that creating it does
 * not add them. Followed from the root only.
 */
const valueFields: ReadonlySet<string> = new Set([
  'metadata',
  'spec',
  'status',
  'template',
  'jobTemplate',
  'strategy',
  'updateStrategy',
  'loadBalancer',
  'scaleTargetRef',
  'names',
  'acceptedNames',
  'involvedObject',
  'source',
  'nodeInfo',
  'daemonEndpoints',
  'kubeletEndpoint',
]);

/** Where one of these names is a pointer nevertheless, or another name is held by value. */
const exceptions: Readonly<Record<string, { pointers?: readonly string[]; values?: readonly string[] }>> = {
  PersistentVolumeClaimSpec: { values: ['resources'] },
  ReplicationControllerSpec: { pointers: ['template'] },
  NetworkPolicySpec: { values: ['podSelector'] },
};

/** Lists that are written as null while they are empty. */
const nullLists: ReadonlySet<string> = new Set(['containers']);

const empties = new WeakMap<FieldType, UnknownObject>();

/** The object of a kind before anything is set: `{}` for custom resources, Go's zero value for built-in kinds. */
export function emptyObject(type: FieldType): UnknownObject {
  if (type.name === undefined) return {};
  let empty = empties.get(type);
  if (empty === undefined) {
    empty = zeroValue(type) as UnknownObject;
    empties.set(type, empty);
  }
  return empty;
}

function zeroValue(type: FieldType): object {
  const special = exceptions[type.name?.slice(type.name.lastIndexOf('.') + 1) ?? ''] ?? {};
  const zero: Record<string, unknown> = {};
  for (const [name, field] of type.fields) {
    const byValue = (valueFields.has(name) && !special.pointers?.includes(name)) || special.values?.includes(name);
    if (byValue === true && field.shape === 'map' && field.element === undefined) zero[name] = zeroValue(field);
    else if (nullLists.has(name) && field.shape === 'list') zero[name] = null;
  }
  return zero;
}
