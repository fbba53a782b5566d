import { isJsonObject } from '@croft/foundation/json';
import { readKey } from '@croft/foundation/json-keys';
import type { FieldType } from '@croft/schema/field-type';
import { childType } from './strategic-directives.ts';

/** Paths of the lists and maps in a configuration that can only be set as a whole: `.spec.selector`. */
export function findAtomicFields(value: unknown, type: FieldType, path = ''): string[] {
  if (Array.isArray(value)) {
    const own = type.listType === 'atomic' && type.shape === 'list' ? [path] : [];
    const { element } = type;
    if (element === undefined) return own;
    return [...own, ...value.flatMap((item, index) => findAtomicFields(item, element, `${path}[${index}]`))];
  }
  if (!isJsonObject(value)) return [];
  const own = type.atomic && type.shape === 'map' ? [path] : [];
  const below = Object.keys(value)
    .filter((key) => type.fields.has(key))
    .flatMap((key) => findAtomicFields(readKey(value, key), childType(type, key), `${path}.${key}`));
  return [...own, ...below];
}
