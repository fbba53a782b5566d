import type { FieldError } from '@croft/api/field-error';
import type { StructuralSchema } from './structural-schema.ts';

/** Reads the openAPIV3Schema of a CRD. `errors` says in Kubernetes' words where it is not structural. */
export function parseStructuralSchema(
  _value: unknown,
  _path: string,
): { schema: StructuralSchema; errors: FieldError[] } {
  throw new Error('not built yet');
}
