import { apiVersionOf, type Kind } from '@croft/api/kind';
import { builtInSchemas } from '@croft/api/openapi-schema';
import { definitionNameOf, findDefinition, openApiNameOf } from '@croft/api/schemas';
import { type FieldType, getFieldType } from '@croft/schema/field-type';

/** The type by which objects of a built-in kind are merged; undefined for custom kinds, which have no such rules. */
export function findMergeType(kind: Kind): FieldType | undefined {
  const isOwn = !kind.group.includes('.') || kind.group.endsWith('.k8s.io');
  const name = definitionNameOf(apiVersionOf(kind), kind.kind);
  if (!isOwn || findDefinition(name) === undefined) return undefined;
  return getFieldType(builtInSchemas, openApiNameOf(name));
}
