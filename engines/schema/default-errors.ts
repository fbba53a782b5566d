import { type FieldError, invalidField } from '@croft/api/field-error';
import { isJsonObject, jsonEqual } from '@croft/foundation/json';
import { readKey } from '@croft/foundation/json-keys';
import { pruneUnknown } from './prune.ts';
import { validateRules } from './rules.ts';
import type { StructuralSchema } from './structural-schema.ts';
import { validateBySchema } from './validate.ts';

/** What is wrong with the defaults in a structural schema: they must have only known fields, and be valid themselves. */
export function findDefaultErrors(schema: StructuralSchema, path: string): FieldError[] {
  const { items, properties = {} } = schema;
  const below = Object.keys(properties).flatMap((key) =>
    findDefaultErrors(readKey(properties, key) as StructuralSchema, `${path}.properties[${key}]`),
  );
  return [
    ...(schema.default === undefined || schema.default === null ? [] : checkDefault(schema, `${path}.default`)),
    ...(items === undefined ? [] : findDefaultErrors(items, `${path}.items`)),
    ...below,
  ];
}

function checkDefault(schema: StructuralSchema, at: string): FieldError[] {
  const value = schema.default;
  const pruned = pruneInside(value, schema);
  if (!jsonEqual(pruned, value)) return [invalidField(at, value, 'must not have unknown fields')];
  const errors = validateBySchema(value, schema, at);
  return errors.length > 0 ? errors : validateRules(value, undefined, schema, at);
}

/** Kind and metadata are fields like all others here: the value is no object of its own. */
function pruneInside(value: unknown, schema: StructuralSchema): unknown {
  const whole: StructuralSchema = { type: 'object', properties: { value: schema } };
  const { value: pruned } = pruneUnknown<unknown>({ value }, whole);
  return isJsonObject(pruned) ? readKey(pruned, 'value') : value;
}
