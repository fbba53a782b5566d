import { type FieldError, forbiddenField, invalidField, requiredField } from '@croft/api/field-error';
import { isJsonObject } from '@croft/foundation/json';
import { readKey } from '@croft/foundation/json-keys';
import { findNestedErrors, isIntOrStringPattern } from './nested-errors.ts';
import { compilePattern } from './patterns.ts';
import type { StructuralSchema } from './structural-schema.ts';

type Level = 'root' | 'item' | 'field';

const emptyType: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
};

/**
 * Where a schema is not structural: every field and item has a type outside of allOf, anyOf, oneOf and not, and these
 * only restrict what is specified outside of them.
 */
export function findStructuralErrors(schema: StructuralSchema, path: string, level: Level = 'root'): FieldError[] {
  const { items, properties = {}, additionalProperties: rest } = schema;
  const errors: FieldError[] = [];
  if (schema.type === 'array' && items === undefined) errors.push(requiredField(`${path}.items`, 'must be specified'));
  if (items !== undefined) errors.push(...findStructuralErrors(items, `${path}.items`, 'item'));
  for (const key of Object.keys(properties)) {
    if (level === 'root' && key === 'metadata') continue;
    const property = readKey(properties, key) as StructuralSchema;
    errors.push(...findStructuralErrors(property, `${path}.properties[${key}]`, 'field'));
  }
  if (rest !== undefined && level === 'root') {
    errors.push(forbiddenField(`${path}.additionalProperties`, 'must not be used at the root'));
  }
  if (typeof rest === 'object') errors.push(...findStructuralErrors(rest, `${path}.additionalProperties`, 'field'));
  return [
    ...errors,
    ...checkType(schema, path, level),
    ...checkObject(schema, path, level),
    ...checkRestrictions(schema, path),
  ];
}

function checkType(schema: StructuralSchema, path: string, level: Level): FieldError[] {
  const { type = '' } = schema;
  const at = `${path}.type`;
  const free = schema['x-kubernetes-preserve-unknown-fields'] === true;
  const mixed = schema['x-kubernetes-int-or-string'] === true;
  const errors: FieldError[] = [];
  const falseRule = 'must be false if x-kubernetes-int-or-string is true';
  if (mixed && free) errors.push(invalidField(`${path}.x-kubernetes-preserve-unknown-fields`, true, falseRule));
  if (schema['x-kubernetes-embedded-resource'] === true) {
    if (mixed) errors.push(invalidField(`${path}.x-kubernetes-embedded-resource`, true, falseRule));
    const rule = 'must be object if x-kubernetes-embedded-resource is true';
    if (type !== 'object') errors.push(type === '' ? requiredField(at, rule) : invalidField(at, type, rule));
  } else if (type === '' && !mixed && !free) errors.push(requiredField(at, emptyType[level]));
  if (level === 'root' && type !== '' && type !== 'object') {
    errors.push(invalidField(at, type, 'must be object at the root'));
  }
  return errors;
}

/** Of apiVersion, kind and metadata a schema may say little. */
function checkObject(schema: StructuralSchema, path: string, level: Level): FieldError[] {
  const { properties = {}, additionalProperties: rest } = schema;
  const embedded = schema['x-kubernetes-embedded-resource'] === true;
  if (level !== 'root' && !embedded) return [];
  const errors: FieldError[] = [];
  for (const key of ['kind', 'apiVersion'] as const) {
    const type = properties[key]?.type;
    if (properties[key] !== undefined && type !== 'string') {
      errors.push(invalidField(`${path}.properties[${key}].type`, type ?? '', 'must be string'));
    }
  }
  const { metadata } = properties;
  const metadataPath = `${path}.properties[metadata]`;
  if (metadata !== undefined && metadata.type !== 'object') {
    errors.push(invalidField(`${metadataPath}.type`, metadata.type ?? '', 'must be object'));
  }
  if (level === 'root' && metadata !== undefined && !saysNameOnly(metadata)) {
    const why = 'must not specify anything other than name and generateName, but metadata is implicitly specified';
    errors.push(forbiddenField(metadataPath, why));
  }
  if (embedded && rest !== undefined) {
    const why = 'must not be used if x-kubernetes-embedded-resource is set';
    errors.push(forbiddenField(`${path}.additionalProperties`, why));
  }
  if (embedded && schema['x-kubernetes-preserve-unknown-fields'] !== true && Object.keys(properties).length === 0) {
    const why =
      'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields';
    errors.push(requiredField(`${path}.properties`, why));
  }
  return errors;
}

function saysNameOnly(metadata: StructuralSchema): boolean {
  const { type: _, properties = {}, default: __, ...rest } = metadata;
  const names = Object.keys(properties);
  return Object.keys(rest).length === 0 && names.every((name) => name === 'name' || name === 'generateName');
}

function checkRestrictions(schema: StructuralSchema, path: string): FieldError[] {
  const { anyOf = [], allOf = [], oneOf = [], not, pattern = '' } = schema;
  const errors: FieldError[] = [];
  const mixed = isIntOrStringPattern(anyOf);
  const nested: [StructuralSchema, string][] = [
    ...(mixed ? [] : anyOf.map((part, i): [StructuralSchema, string] => [part, `.anyOf[${i}]`])),
    ...allOf.map((part, i): [StructuralSchema, string] => [part, `.allOf[${i}]`]),
    ...oneOf.map((part, i): [StructuralSchema, string] => [part, `.oneOf[${i}]`]),
    ...(isJsonObject(not) ? [[not, '.not'] as [StructuralSchema, string]] : []),
  ];
  for (const [part, suffix] of nested) errors.push(...findNestedErrors(part, schema, path + suffix, path));
  const regexp = pattern === '' ? undefined : compilePattern(pattern);
  if (regexp instanceof Error) {
    const why = `must be a valid regular expression, but isn't: ${regexp.message}`;
    errors.push(invalidField(`${path}.pattern`, pattern, why));
  }
  return errors;
}
