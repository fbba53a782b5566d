import type { FieldType } from '@croft/schema/field-type';

/**
 * Kubernetes' strategic merge patch with all its directives. Throws StatusError (400, 422) on a patch that cannot be.
 * The inputs stay as they are; the result shares with them what did not change.
 */
export function applyStrategicPatch<T>(_original: T, _patch: unknown, _type: FieldType): T {
  throw new Error('not built yet');
}
