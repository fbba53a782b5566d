import { type FieldError, forbiddenField, formatFieldError, invalidField } from '@croft/api/field-error';
import { isJsonObject } from '@croft/foundation/json';
import { findSchemaErrors } from './schema-errors.ts';
import { findStructuralErrors } from './structural-errors.ts';
import type { StructuralSchema } from './structural-schema.ts';

export interface ParsedSchema {
  readonly schema: StructuralSchema;
  readonly errors: FieldError[];
}

/**
 * Reads the openAPIV3Schema of a CRD; `path` is where it stands: `spec.versions[0].schema.openAPIV3Schema`. `errors`
 * says in Kubernetes' words what is wrong in it; only a schema without errors may be used.
 */
export function parseStructuralSchema(value: unknown, path: string): ParsedSchema {
  if (!isJsonObject(value)) return { schema: {}, errors: [invalidField(path, value ?? null, 'must be an object')] };
  const schema = value as StructuralSchema;
  const errors = findSchemaErrors(schema, path);
  if (schema.nullable === true) errors.push(forbiddenField(`${path}.nullable`, 'nullable cannot be true at the root'));
  if (errors.length > 0) return { schema, errors };
  const structural = findStructuralErrors(schema, path);
  return { schema, errors: structural.toSorted((a, b) => (formatFieldError(a) < formatFieldError(b) ? -1 : 1)) };
}
