import type { StructuralSchema } from './structural-schema.ts';

export interface Pruned<T> {
  value: T;
  /** Paths of the dropped fields in Kubernetes' order: `spec.foo`, `spec.list[0].bar`. */
  unknownFields: string[];
}

/**
 * A custom object without the fields that its schema does not have. apiVersion, kind and the known fields of metadata
 * always stay. The input stays as it is.
 */
export function pruneUnknown<T>(_object: T, _schema: StructuralSchema): Pruned<T> {
  throw new Error('not built yet');
}
