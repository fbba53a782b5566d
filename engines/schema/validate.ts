import type { FieldError } from '@croft/api/field-error';
import type { StructuralSchema } from './structural-schema.ts';

/** The OpenAPI rules alone; `path` is that of `value`, empty for the whole object. */
export function validateBySchema(_value: unknown, _schema: StructuralSchema, _path = ''): FieldError[] {
  throw new Error('not built yet');
}
