import { apiVersionOf, type Kind } from '@croft/api/kind';
import { builtInSchemas } from '@croft/api/openapi-schema';
import { definitionNameOf, findDefinition, openApiNameOf } from '@croft/api/schemas';
import { isJsonObject } from '@croft/foundation/json';
import { type FieldType, getFieldType } from '@croft/schema/field-type';

/**
 * The type by which an object of a built-in kind is merged. undefined for custom kinds, which have no such rules, and for an
 * object that does not fit its kind: Helm takes it for one of them.
 */
export function findMergeType(kind: Kind, object: unknown): FieldType | undefined {
  const isOwn = !kind.group.includes('.') || kind.group.endsWith('.k8s.io');
  const name = definitionNameOf(apiVersionOf(kind), kind.kind);
  if (!isOwn || findDefinition(name) === undefined) return undefined;
  const type = getFieldType(builtInSchemas, openApiNameOf(name));
  return fitsType(object, type) ? type : undefined;
}

/** Whether a value could be decoded; what the type does not declare is passed over. */
function fitsType(value: unknown, type: FieldType): boolean {
  if (value === null || value === undefined || type.shape === 'any') return true;
  if (type.shape === 'list') return Array.isArray(value) && value.every((item) => fitsChild(item, type.element));
  if (type.shape === 'scalar') return type.scalar === 'any' ? typeof value !== 'object' : typeof value === type.scalar;
  if (!isJsonObject(value)) return false;
  return Object.entries(value).every(([key, item]) => fitsChild(item, type.fields.get(key) ?? type.element));
}

function fitsChild(value: unknown, type: FieldType | undefined): boolean {
  return type === undefined || fitsType(value, type);
}
