import { type FieldError, invalidField } from '@croft/api/field-error';
import { validateEmbeddedResources } from './embedded-resources.ts';
import { validateListInvariants } from './list-invariants.ts';
import { hasRules, validateRules } from './rules.ts';
import type { StructuralSchema } from './structural-schema.ts';
import { validateBySchema } from './validate.ts';

/** After errors of these types the rules in CEL are not run: they could not count on the types of what they read. */
const blocking: ReadonlySet<string> = new Set([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
]);

/**
 * All errors of a custom object, in Kubernetes' order: OpenAPI rules, embedded resources, list sets and maps, CEL
 * rules. `old` is the object as it is stored, for transition rules; undefined on create. `object` is defaulted.
 */
export function validateCustomObject(object: unknown, old: unknown, schema: StructuralSchema): FieldError[] {
  const errors = [...validateBySchema(object, schema, '', old), ...validateEmbeddedResources(object, schema)];
  const wasBroken = old !== undefined && validateListInvariants(old, schema).length > 0;
  if (!wasBroken) errors.push(...validateListInvariants(object, schema));
  if (!hasRules(schema)) return errors;
  if (errors.some((error) => blocking.has(error.type))) return [...errors, notChecked];
  return [...errors, ...validateRules(object, old, schema)];
}

const notChecked = invalidField(
  '<nil>',
  undefined,
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
);
