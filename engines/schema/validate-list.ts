import { invalidField, tooManyInField } from '@croft/api/field-error';
import { isJsonObject, jsonEqual } from '@croft/foundation/json';
import { readKey } from '@croft/foundation/json-keys';
import type { Check, Findings } from './findings.ts';
import type { StructuralSchema } from './structural-schema.ts';

export function checkList(
  findings: Findings,
  list: readonly unknown[],
  schema: StructuralSchema,
  path: string,
  old: unknown,
  check: Check,
): void {
  findings.checks += 1;
  const { items, minItems = 0, maxItems = Infinity } = schema;
  if (items !== undefined) {
    list.forEach((item, index) => {
      check(findings, item, items, `${path}[${index}]`, oldItem(item, schema, old));
    });
  }
  if (list.length < minItems) {
    findings.errors.push(invalidField(path, list.length, `${path} in body should have at least ${minItems} items`));
  }
  if (list.length > maxItems) findings.errors.push(tooManyInField(path, list.length, maxItems));
  if (schema.uniqueItems === true && hasEqualItems(list)) {
    findings.errors.push(invalidField(path, '', `${path} in body shouldn't contain duplicates`));
  }
}

/** The item of the stored list with the same keys; only lists of type map have items that can be found again. */
export function oldItem(item: unknown, schema: StructuralSchema, old: unknown): unknown {
  if (schema['x-kubernetes-list-type'] !== 'map' || !Array.isArray(old) || !isJsonObject(item)) return undefined;
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  return old.find(
    (other: unknown) => isJsonObject(other) && keys.every((key) => jsonEqual(readKey(other, key), readKey(item, key))),
  );
}

function hasEqualItems(list: readonly unknown[]): boolean {
  return list.some((item, index) => list.findIndex((other) => jsonEqual(item, other)) !== index);
}
