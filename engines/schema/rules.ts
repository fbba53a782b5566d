import type { FieldError } from '@croft/api/field-error';
import type { StructuralSchema } from './structural-schema.ts';

const known = new WeakMap<StructuralSchema, boolean>();

/** Whether there is a CEL rule anywhere in the schema. */
export function hasRules(schema: StructuralSchema): boolean {
  let found = known.get(schema);
  if (found === undefined) {
    found = findRules(schema);
    known.set(schema, found);
  }
  return found;
}

function findRules(schema: StructuralSchema): boolean {
  if ((schema['x-kubernetes-validations'] ?? []).length > 0) return true;
  const { items, properties = {}, additionalProperties: rest } = schema;
  if (items !== undefined && hasRules(items)) return true;
  if (typeof rest === 'object' && hasRules(rest)) return true;
  return Object.values(properties).some(hasRules);
}

/** The errors of the CEL rules of a schema on an object that fits the schema. `old` is undefined on create. */
export function validateRules(_value: unknown, _old: unknown, _schema: StructuralSchema): FieldError[] {
  return [];
}
