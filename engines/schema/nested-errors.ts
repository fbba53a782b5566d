import { type FieldError, forbiddenField, requiredField } from '@croft/api/field-error';
import { jsonEqual } from '@croft/foundation/json';
import { readKey } from '@croft/foundation/json-keys';
import type { StructuralSchema } from './structural-schema.ts';

/** Keywords that say what a value is, with how Kubernetes refuses them where a value may only be restricted. */
const forbidden: readonly [keyof StructuralSchema, string][] = [
  ['type', 'must be empty to be structural'],
  ['additionalProperties', 'must be undefined to be structural'],
  ['default', 'must be undefined to be structural'],
  ['title', 'must be empty to be structural'],
  ['description', 'must be empty to be structural'],
  ['nullable', 'must be false to be structural'],
  ['x-kubernetes-preserve-unknown-fields', 'must be false to be structural'],
  ['x-kubernetes-embedded-resource', 'must be false to be structural'],
  ['x-kubernetes-int-or-string', 'must be false to be structural'],
  ['x-kubernetes-list-map-keys', 'must be empty to be structural'],
  ['x-kubernetes-list-type', 'must be undefined to be structural'],
  ['x-kubernetes-map-type', 'must be undefined to be structural'],
  ['x-kubernetes-validations', 'must be empty to be structural'],
];

const intOrString = [{ type: 'integer' }, { type: 'string' }];

/** `anyOf: [{type: integer}, {type: string}]` is how int-or-string fields are written, and allowed. */
export function isIntOrStringPattern(anyOf: readonly StructuralSchema[]): boolean {
  return jsonEqual(anyOf, intOrString);
}

/**
 * What is wrong in a schema under allOf, anyOf, oneOf or not. `outer` is the schema outside of these that stands for
 * the same value, at `outerPath`.
 */
export function findNestedErrors(
  schema: StructuralSchema,
  outer: StructuralSchema | undefined,
  path: string,
  outerPath: string,
): FieldError[] {
  const errors: FieldError[] = [];
  if (outer === undefined) errors.push(requiredField(outerPath, `because it is defined in ${path}`));
  for (const [key, why] of forbidden) {
    const value = schema[key];
    if (value !== undefined && value !== false && value !== '') errors.push(forbiddenField(`${path}.${key}`, why));
  }
  const { items, properties = {}, not } = schema;
  if (items !== undefined) {
    errors.push(...findNestedErrors(items, outer?.items, `${path}.items`, `${outerPath}.items`));
  }
  for (const key of Object.keys(properties)) {
    const at = `.properties[${key}]`;
    if (key === 'metadata') errors.push(forbiddenField(path + at, 'must not be specified in a nested context'));
    const property = readKey(properties, key) as StructuralSchema;
    const same = readKey(outer?.properties ?? {}, key) as StructuralSchema | undefined;
    errors.push(...findNestedErrors(property, same, path + at, outerPath + at));
  }
  for (const junctor of ['anyOf', 'allOf', 'oneOf'] as const) {
    const parts = schema[junctor] ?? [];
    if (junctor === 'anyOf' && isIntOrStringPattern(parts)) continue;
    parts.forEach((part, index) => {
      errors.push(...findNestedErrors(part, outer, `${path}.${junctor}[${index}]`, outerPath));
    });
  }
  if (not !== undefined) errors.push(...findNestedErrors(not, outer, `${path}.not`, outerPath));
  return errors;
}
