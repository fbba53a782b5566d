import { type FieldError, forbiddenField, invalidField, requiredField, unsupportedField } from '@croft/api/field-error';
import { readKey } from '@croft/foundation/json-keys';
import { findListTypeErrors } from './list-type-errors.ts';
import { findRuleErrors } from './rule-errors.ts';
import type { StructuralSchema } from './structural-schema.ts';
import { validateBySchema } from './validate.ts';

interface Place {
  readonly path: string;
  readonly isRoot: boolean;
  /** Why no default may stand here. */
  readonly forbidsDefault?: string | undefined;
  /** The list or map whose items cannot be told from one object to the next, so that rules may not compare them. */
  readonly uncorrelated?: string | undefined;
}

const types = ['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'];
const unsupported = ['id', 'additionalItems', 'patternProperties', 'definitions', 'dependencies', '$ref'] as const;
const objectFields: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);

/** What a CRD may not say in a schema (apiextensions validation), be it structural or not. */
export function findSchemaErrors(schema: StructuralSchema, path: string): FieldError[] {
  return check(schema, { path, isRoot: true });
}

function check(schema: StructuralSchema, place: Place): FieldError[] {
  const own = [
    ...checkKeywords(schema, place),
    ...checkMapType(schema, place),
    ...findListTypeErrors(schema, place.path),
  ];
  const below = parts(schema, place).flatMap(([part, at]) => check(part, at));
  const errors = [...own, ...below];
  return errors.length > 0 ? errors : findRuleErrors(schema, place.path, place.uncorrelated);
}

function checkKeywords(schema: StructuralSchema, { path, forbidsDefault }: Place): FieldError[] {
  const errors: FieldError[] = [];
  const { type = '' } = schema;
  if (type !== '' && !types.includes(type)) errors.push(unsupportedField(`${path}.type`, type, types));
  if (schema.default !== undefined) errors.push(...checkDefault(schema, path, forbidsDefault));
  for (const key of unsupported) {
    if (readKey(schema, key) !== undefined) errors.push(forbiddenField(`${path}.${key}`, `${key} is not supported`));
  }
  if (type === 'null') {
    errors.push(forbiddenField(`${path}.type`, 'type cannot be set to null, use nullable as an alternative'));
  }
  if (Array.isArray(schema.items)) {
    errors.push(forbiddenField(`${path}.items`, 'items must be a schema object and not an array'));
  }
  if (schema.uniqueItems === true) {
    const why = 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic';
    errors.push(forbiddenField(`${path}.uniqueItems`, why));
  }
  const rest = schema.additionalProperties;
  if (rest !== undefined && rest !== true && Object.keys(schema.properties ?? {}).length > 0) {
    const why = 'additionalProperties and properties are mutual exclusive';
    errors.push(forbiddenField(`${path}.additionalProperties`, why));
  }
  if (schema['x-kubernetes-preserve-unknown-fields'] === false) {
    errors.push(invalidField(`${path}.x-kubernetes-preserve-unknown-fields`, false, 'must be true or undefined'));
  }
  return errors;
}

function checkDefault(schema: StructuralSchema, path: string, forbids: string | undefined): FieldError[] {
  const at = `${path}.default`;
  if (forbids !== undefined) return [forbiddenField(at, `must not be set ${forbids}`)];
  return validateBySchema(schema.default, schema, at);
}

function checkMapType(schema: StructuralSchema, { path }: Place): FieldError[] {
  const mapType = schema['x-kubernetes-map-type'];
  if (mapType === undefined) return [];
  const errors: FieldError[] = [];
  const rule = 'must be object if x-kubernetes-map-type is specified';
  if (schema.type === undefined || schema.type === '') errors.push(requiredField(`${path}.type`, rule));
  else if (schema.type !== 'object') errors.push(invalidField(`${path}.type`, schema.type, rule));
  if (mapType !== 'atomic' && mapType !== 'granular') {
    errors.push(unsupportedField(`${path}.x-kubernetes-map-type`, mapType, ['atomic', 'granular']));
  }
  return errors;
}

function parts(schema: StructuralSchema, place: Place): [StructuralSchema, Place][] {
  const { path, isRoot } = place;
  const below = (suffix: string, more: Partial<Place> = {}): Place => ({
    ...place,
    isRoot: false,
    path: path + suffix,
    ...more,
  });
  const result: [StructuralSchema, Place][] = [];
  const { additionalProperties: rest, items, properties = {}, not } = schema;
  if (typeof rest === 'object') result.push([rest, below('.additionalProperties')]);
  const uncorrelatedMap = schema['x-kubernetes-map-type'] === 'atomic' ? { uncorrelated: path } : {};
  for (const key of Object.keys(properties)) {
    const forbids = isRoot && objectFields.has(key) ? { forbidsDefault: `in top-level ${key}` } : {};
    const property = readKey(properties, key) as StructuralSchema;
    result.push([property, below(`.properties[${key}]`, { ...uncorrelatedMap, ...forbids })]);
  }
  if (not !== undefined) result.push([not, below('.not')]);
  for (const junctor of ['allOf', 'oneOf', 'anyOf'] as const) {
    (schema[junctor] ?? []).forEach((part, index) => {
      result.push([part, below(`.${junctor}[${index}]`)]);
    });
  }
  const uncorrelatedList = schema['x-kubernetes-list-type'] === 'map' ? {} : { uncorrelated: path };
  if (items !== undefined && !Array.isArray(items)) result.push([items, below('.items', uncorrelatedList)]);
  return result;
}
