import type { FieldType } from '@croft/schema/field-type';

/** How a value is walked. `leaf` is owned as one: scalars, atomic lists and maps. */
export type Walk = 'leaf' | 'map' | 'list';

/** Decided by the type, or by the value where the type leaves it open. null fits every shape. */
export function walkOf(type: FieldType, value: unknown): Walk {
  if (type.atomic) return 'leaf';
  if (type.shape === 'map' || type.shape === 'list') return type.shape;
  return type.shape === 'any' && typeof value === 'object' && value !== null && !Array.isArray(value) ? 'map' : 'leaf';
}

export function isEmptyValue(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  if (typeof value !== 'object') return false;
  for (const _ in value) return false;
  return true;
}
