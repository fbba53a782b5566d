import { type FieldError, forbiddenField, formatFieldError, invalidField } from '@croft/api/field-error';
import { isJsonObject } from '@croft/foundation/json';
import { readKey } from '@croft/foundation/json-keys';
import { findDefaultErrors } from './default-errors.ts';
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
  const errors: FieldError[] = [];
  if (schema.nullable === true) errors.push(forbiddenField(`${path}.nullable`, 'nullable cannot be true at the root'));
  const structural = isConvertible(schema) ? findStructuralErrors(schema, path) : [];
  const sorted = structural.toSorted((a, b) => (formatFieldError(a) < formatFieldError(b) ? -1 : 1));
  const defaults = structural.length > 0 || !isConvertible(schema) ? [] : findDefaultErrors(schema, path);
  const sound = isConvertible(schema) && structural.length === 0 && defaults.length === 0;
  errors.push(...sorted, ...defaults, ...findSchemaErrors(schema, path, sound));
  return { schema, errors };
}

const unsupported = ['id', '$ref', 'patternProperties', 'dependencies', 'additionalItems', 'definitions'] as const;

/** Whether a schema says only what structural schemas know; all else is refused by itself. */
function isConvertible(schema: StructuralSchema): boolean {
  if (unsupported.some((key) => readKey(schema, key) !== undefined) || Array.isArray(schema.items)) return false;
  const { items, properties = {}, additionalProperties: rest, not, anyOf = [], allOf = [], oneOf = [] } = schema;
  const parts = [...Object.values(properties), ...anyOf, ...allOf, ...oneOf, items, rest, not];
  return parts.every((part) => typeof part !== 'object' || isConvertible(part));
}
