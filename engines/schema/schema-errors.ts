import { type FieldError, forbiddenField, invalidField, requiredField, unsupportedField } from '@croft/api/field-error';
import { readKey } from '@croft/foundation/json-keys';
import { findListTypeErrors } from './list-type-errors.ts';
import { findExpressionErrors, findRuleTextErrors } from './rule-errors.ts';
import type { StructuralSchema } from './structural-schema.ts';

interface Place {
  readonly path: string;
  readonly isRoot: boolean;
  readonly withExpressions: boolean;
  /** Why no default may stand here. */
  readonly forbidsDefault?: string | undefined;
  /** The list or map whose items cannot be told from one object to the next, so that rules may not compare them. */
  readonly uncorrelated?: string | undefined;
}

const types = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
const unsupported = ['id', 'additionalItems', 'patternProperties', 'definitions', 'dependencies', '$ref'] as const;
const objectFields: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);

interface Found {
  readonly schema: readonly FieldError[];
  /** Those of expressions; they come after all others. */
  readonly rules: readonly FieldError[];
}

/**
 * What a CRD may not say in a schema (apiextensions validation), be it structural or not. Expressions are looked at
 * where nothing else is wrong.
 */
export function findSchemaErrors(schema: StructuralSchema, path: string, withExpressions: boolean): FieldError[] {
  const found = check(schema, { path, isRoot: true, withExpressions });
  return [...found.schema, ...found.rules];
}

function check(schema: StructuralSchema, place: Place): Found {
  const below = parts(schema, place).map(([part, at]) => check(part, at));
  const errors = [
    ...checkKeywords(schema, place),
    ...below.flatMap((found) => found.schema),
    ...checkPreserve(schema, place),
    ...checkMapType(schema, place),
    ...findListTypeErrors(schema, place.path),
    ...findRuleTextErrors(schema, place.path),
  ];
  const own = errors.length > 0 || !place.withExpressions ? [] : findExpressionErrors(schema, place);
  return { schema: errors, rules: [...below.flatMap((found) => found.rules), ...own] };
}

function checkKeywords(schema: StructuralSchema, { path, forbidsDefault }: Place): FieldError[] {
  const errors: FieldError[] = [];
  const { type = '' } = schema;
  if (type !== '' && !types.includes(type)) errors.push(unsupportedField(`${path}.type`, type, types));
  if (schema.default !== undefined && forbidsDefault !== undefined) {
    errors.push(forbiddenField(`${path}.default`, `must not be set ${forbidsDefault}`));
  }
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
  return errors;
}

function checkPreserve(schema: StructuralSchema, { path }: Place): FieldError[] {
  const key = 'x-kubernetes-preserve-unknown-fields';
  return schema[key] === false ? [invalidField(`${path}.${key}`, false, 'must be true or undefined')] : [];
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
  const junctors = { withExpressions: false };
  if (not !== undefined) result.push([not, below('.not', junctors)]);
  for (const junctor of ['allOf', 'oneOf', 'anyOf'] as const) {
    (schema[junctor] ?? []).forEach((part, index) => {
      result.push([part, below(`.${junctor}[${index}]`, junctors)]);
    });
  }
  const uncorrelatedList = schema['x-kubernetes-list-type'] === 'map' ? {} : { uncorrelated: path };
  if (items !== undefined && !Array.isArray(items)) result.push([items, below('.items', uncorrelatedList)]);
  return result;
}
