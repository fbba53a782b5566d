import { type FieldError, invalidField, requiredField } from '@croft/api/field-error';
import { dns1035LabelErrors, labelValueErrors, qualifiedNameErrors } from '@croft/api/names';
import { isJsonObject } from '@croft/foundation/json';
import { readKey } from '@croft/foundation/json-keys';
import { childPath } from './findings.ts';
import type { StructuralSchema } from './structural-schema.ts';

/** The errors of objects that stand inside others (`x-kubernetes-embedded-resource`): their type and metadata. */
export function validateEmbeddedResources(
  value: unknown,
  schema: StructuralSchema | undefined,
  path = '',
): FieldError[] {
  if (schema === undefined) return [];
  if (Array.isArray(value)) {
    if (schema.items === undefined) return [];
    return value.flatMap((item, index) => validateEmbeddedResources(item, schema.items, `${path}[${index}]`));
  }
  if (!isJsonObject(value)) return [];
  const own = schema['x-kubernetes-embedded-resource'] === true ? validateResource(value, path) : [];
  const { properties = {}, additionalProperties: rest } = schema;
  const below = Object.keys(value).flatMap((key) => {
    const child = readKey(value, key);
    if (typeof child !== 'object' || child === null) return [];
    if (Object.hasOwn(properties, key)) return validateEmbeddedResources(child, properties[key], childPath(path, key));
    return typeof rest === 'object' ? validateEmbeddedResources(child, rest, `${path}[${key}]`) : [];
  });
  return [...own, ...below];
}

function validateResource(value: object, path: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const key of ['apiVersion', 'kind'] as const) {
    const field = childPath(path, key);
    const text = readKey(value, key);
    if (text === undefined) errors.push(requiredField(field));
    else if (typeof text !== 'string') errors.push(invalidField(field, text, 'must be a string'));
    else if (text === '') errors.push(invalidField(field, text, 'must not be empty'));
    else errors.push(...(key === 'kind' ? validateKind(text, field) : validateApiVersion(text, field)));
  }
  const metadata = readKey(value, 'metadata');
  return isJsonObject(metadata) ? [...errors, ...validateMetadata(metadata, childPath(path, 'metadata'))] : errors;
}

function validateKind(kind: string, field: string): FieldError[] {
  const errors = dns1035LabelErrors(kind.toLowerCase());
  if (errors.length === 0) return [];
  return [invalidField(field, kind, `may have mixed case, but should otherwise match: ${errors.join(',')}`)];
}

function validateApiVersion(apiVersion: string, field: string): FieldError[] {
  if (apiVersion.split('/').length <= 2) return [];
  return [invalidField(field, apiVersion, `unexpected GroupVersion string: ${apiVersion}`)];
}

function validateMetadata(metadata: object, path: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const key of ['name', 'generateName'] as const) {
    const name = readKey(metadata, key);
    if (typeof name !== 'string' || name === '') continue;
    for (const detail of pathSegmentErrors(name, key === 'generateName')) {
      errors.push(invalidField(`${path}.${key}`, name, detail));
    }
  }
  errors.push(...validateKeys(readKey(metadata, 'labels'), `${path}.labels`, true));
  errors.push(...validateKeys(readKey(metadata, 'annotations'), `${path}.annotations`, false));
  return errors;
}

function pathSegmentErrors(name: string, prefix: boolean): string[] {
  if (!prefix && (name === '.' || name === '..')) return [`may not be '${name}'`];
  return ['/', '%']
    .filter((character) => name.includes(character))
    .map((character) => `may not contain '${character}'`);
}

function validateKeys(map: unknown, path: string, areLabels: boolean): FieldError[] {
  if (!isJsonObject(map)) return [];
  return Object.keys(map).flatMap((key) => {
    const name = areLabels ? key : key.toLowerCase();
    const errors = qualifiedNameErrors(name).map((detail) => invalidField(path, key, detail));
    const value = readKey(map, key);
    if (!areLabels || typeof value !== 'string') return errors;
    return [...errors, ...labelValueErrors(value).map((detail) => invalidField(path, value, detail))];
  });
}
