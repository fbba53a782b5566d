import { type FieldError, forbiddenField, invalidField, requiredField, unsupportedField } from '@croft/api/field-error';
import { readKey } from '@croft/foundation/json-keys';
import type { StructuralSchema } from './structural-schema.ts';

/** What is wrong with `x-kubernetes-list-type` and `x-kubernetes-list-map-keys` of one schema. */
export function findListTypeErrors(schema: StructuralSchema, path: string): FieldError[] {
  const listType = schema['x-kubernetes-list-type'];
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const typePath = `${path}.x-kubernetes-list-type`;
  const errors: FieldError[] = [];
  if (listType !== undefined) errors.push(...checkType(schema, path, listType));
  if (keys.length > 0 && listType !== 'map') {
    const rule = 'must be map if x-kubernetes-list-map-keys is non-empty';
    errors.push(listType === undefined ? requiredField(typePath, rule) : invalidField(typePath, listType, rule));
  }
  if (listType === 'map') errors.push(...checkMap(schema, path, keys));
  if ((listType === 'map' || listType === 'set') && schema.items?.nullable === true) {
    const rule = `cannot be nullable when x-kubernetes-list-type is ${listType}`;
    errors.push(forbiddenField(`${path}.items.nullable`, rule));
  }
  return errors;
}

function checkType(schema: StructuralSchema, path: string, listType: string): FieldError[] {
  const errors: FieldError[] = [];
  const { type = '', items } = schema;
  const rule = 'must be array if x-kubernetes-list-type is specified';
  if (type === '') errors.push(requiredField(`${path}.type`, rule));
  else if (type !== 'array') errors.push(invalidField(`${path}.type`, type, rule));
  else if (listType === 'set' && items?.type === 'object' && items['x-kubernetes-map-type'] !== 'atomic') {
    const atomic = 'must be atomic as item of a list with x-kubernetes-list-type=set';
    errors.push(invalidField(`${path}.items.x-kubernetes-map-type`, items['x-kubernetes-list-type'], atomic));
  }
  if (!['atomic', 'set', 'map'].includes(listType)) {
    errors.push(unsupportedField(`${path}.x-kubernetes-list-type`, listType, ['atomic', 'set', 'map']));
  }
  return errors;
}

function checkMap({ items }: StructuralSchema, path: string, keys: readonly string[]): FieldError[] {
  const keysPath = `${path}.x-kubernetes-list-map-keys`;
  const errors: FieldError[] = [];
  if (keys.length === 0) errors.push(requiredField(keysPath, 'must not be empty if x-kubernetes-list-type is map'));
  if (items === undefined) {
    return [...errors, requiredField(`${path}.items`, 'must have a schema if x-kubernetes-list-type is map')];
  }
  if (items.type !== 'object') {
    const rule = "must be object if parent array's x-kubernetes-list-type is map";
    return [...errors, invalidField(`${path}.items.type`, items.type ?? '', rule)];
  }
  keys.forEach((key, index) => {
    const property = readKey(items.properties ?? {}, key) as StructuralSchema | undefined;
    if (property === undefined) {
      errors.push(invalidField(keysPath, keys, 'entries must all be names of item properties'));
    } else errors.push(...checkKey(items, property, key, `${path}.items.properties[${key}]`));
    if (keys.indexOf(key) < index) errors.push(invalidField(keysPath, keys, 'must not contain duplicate entries'));
  });
  return errors;
}

function checkKey(items: StructuralSchema, property: StructuralSchema, key: string, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (property.type === 'array' || property.type === 'object') {
    const rule = "must be a scalar type if parent array's x-kubernetes-list-type is map";
    errors.push(invalidField(`${path}.type`, items.type, rule));
  }
  const why = 'this property is in x-kubernetes-list-map-keys, so it';
  if (items.required?.includes(key) !== true && property.default === undefined) {
    errors.push(requiredField(`${path}.default`, `${why} must have a default or be a required property`));
  }
  if (property.nullable === true) errors.push(forbiddenField(`${path}.nullable`, `${why} cannot be nullable`));
  return errors;
}
