import type { StructuralSchema } from './structural-schema.ts';

/**
 * The value with the schema's defaults where fields are absent, or null though not nullable (those without a default
 * are dropped). What needs no change is shared with the input, which stays as it is.
 */
export function applyDefaults<T>(_value: T, _schema: StructuralSchema): T {
  throw new Error('not built yet');
}
