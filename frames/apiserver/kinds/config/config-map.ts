import { type FieldError, fieldTooLong, forbiddenField, invalidField } from '@croft/api/field-error';
import { configKeyErrors } from '@croft/api/names';
import type { ConfigMap } from '@croft/api/types';
import { jsonEqual } from '@croft/foundation/json';
import { invalidFor } from '../check.ts';
import { ageOf, defineTable, nameOf } from '../columns.ts';
import type { KindParts } from '../define.ts';

/** What the data of one ConfigMap or Secret may hold. */
export const maxDataBytes = 1024 * 1024;

export const configMapRules: KindParts<ConfigMap> = {
  validate: checkConfigMap,
  validateUpdate: (configMap, old) => [...checkUnchanged(configMap, old), ...checkConfigMap(configMap)],
  table: defineTable<ConfigMap>('Name*,Data,Age', (configMap, nowMs) => [
    nameOf(configMap),
    Object.keys(configMap.data ?? {}).length + Object.keys(configMap.binaryData ?? {}).length,
    ageOf(configMap, nowMs),
  ]),
};

function checkConfigMap({ data = {}, binaryData = {} }: ConfigMap): FieldError[] {
  const errors: FieldError[] = [];
  let bytes = 0;
  for (const [key, value] of Object.entries(data)) {
    errors.push(...invalidFor(`data[${key}]`, key, configKeyErrors(key)));
    if (Object.hasOwn(binaryData, key))
      errors.push(invalidField(`data[${key}]`, key, 'duplicate of key present in binaryData'));
    bytes += Buffer.byteLength(value);
  }
  for (const [key, value] of Object.entries(binaryData)) {
    errors.push(...invalidFor(`binaryData[${key}]`, key, configKeyErrors(key)));
    bytes += Buffer.byteLength(value, 'base64');
  }
  return bytes > maxDataBytes ? [...errors, fieldTooLong('', maxDataBytes)] : errors;
}

function checkUnchanged(configMap: ConfigMap, old: ConfigMap): FieldError[] {
  if (old.immutable !== true) return [];
  const rule = 'field is immutable when `immutable` is set';
  const errors = configMap.immutable === true ? [] : [forbiddenField('immutable', rule)];
  if (!jsonEqual(configMap.data, old.data)) errors.push(forbiddenField('data', rule));
  if (!jsonEqual(configMap.binaryData, old.binaryData)) errors.push(forbiddenField('binaryData', rule));
  return errors;
}
