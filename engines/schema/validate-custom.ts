import type { FieldError } from '@croft/api/field-error';
import type { StructuralSchema } from './structural-schema.ts';

/**
 * All errors of a custom object, in Kubernetes' order: OpenAPI rules, list sets and maps, embedded resources, CEL
 * rules. `old` is the object as it is stored, for transition rules; undefined on create. `object` is defaulted.
 */
export function validateCustomObject(_object: unknown, _old: unknown, _schema: StructuralSchema): FieldError[] {
  throw new Error('not built yet');
}
