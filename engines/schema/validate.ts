import {
  type FieldError,
  invalidField,
  invalidType,
  requiredField,
  tooManyInField,
  unsupportedField,
} from '@croft/api/field-error';
import { isJsonObject, jsonEqual } from '@croft/foundation/json';
import { readKey } from '@croft/foundation/json-keys';
import { childPath, type Findings } from './findings.ts';
import { checkJunctors } from './junctors.ts';
import type { StructuralSchema } from './structural-schema.ts';
import { checkList } from './validate-list.ts';
import { checkNumber, checkText } from './validate-scalar.ts';

/**
 * The OpenAPI rules alone, in the words and the order of Kubernetes (kube-openapi validation). `path` is that of
 * `value`, empty for the whole object. Errors of parts that are equal in `old` are left out: an update need not mend
 * what was stored before a rule came.
 */
export function validateBySchema(value: unknown, schema: StructuralSchema, path = '', old?: unknown): FieldError[] {
  const findings: Findings = { errors: [], checks: 0 };
  check(findings, value, schema, path, old);
  return findings.errors;
}

function check(findings: Findings, value: unknown, schema: StructuralSchema, path: string, old: unknown): void {
  const before = findings.errors.length;
  checkAll(findings, value, schema, path, old);
  if (findings.errors.length > before && old !== undefined && jsonEqual(value, old)) findings.errors.length = before;
}

function checkAll(findings: Findings, value: unknown, schema: StructuralSchema, path: string, old: unknown): void {
  checkType(findings, value, schema, path);
  if (value === null) return checkEnum(findings, value, schema, path);
  checkJunctors(findings, value, schema, path, check);
  if (typeof value === 'string') checkText(findings, value, schema, path);
  else if (typeof value === 'number') checkNumber(findings, value, schema, path);
  else if (Array.isArray(value)) checkList(findings, value, schema, path, old, check);
  checkEnum(findings, value, schema, path);
  if (isJsonObject(value)) checkMap(findings, value, schema, path, old);
}

function checkType(findings: Findings, value: unknown, schema: StructuralSchema, path: string): void {
  const wanted = typesOf(schema);
  if (wanted.length === 0) return;
  findings.checks += 1;
  const type = typeOf(value);
  if (type === 'null' ? schema.nullable === true : fits(type, value, wanted)) return;
  const numeric = wanted.includes('integer') || wanted.includes('number');
  const format = schema.format ?? '';
  if (type === 'string' && format !== '' && !numeric) return;
  const byFormat = format !== '' && type !== 'string' && type !== 'array' && type !== 'null';
  const expected = byFormat ? format : wanted.join(',');
  const actual = byFormat ? formatOf(type) : type;
  findings.errors.push(
    invalidType(path, actual, `${path} in body must be of type ${expected}: ${JSON.stringify(actual)}`),
  );
}

function fits(type: string, value: unknown, wanted: readonly string[]): boolean {
  if (wanted.includes(type)) return true;
  if (type === 'integer') return wanted.includes('number');
  return type === 'number' && wanted.includes('integer') && Number.isInteger(value);
}

function typesOf(schema: StructuralSchema): readonly string[] {
  if (schema['x-kubernetes-int-or-string'] === true) return ['integer', 'string'];
  return schema.type === undefined || schema.type === '' ? [] : [schema.type];
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function formatOf(type: string): string {
  if (type === 'integer') return 'int64';
  return type === 'number' ? 'float64' : '';
}

function checkEnum(findings: Findings, value: unknown, schema: StructuralSchema, path: string): void {
  if (schema.enum === undefined || schema.enum.length === 0) return;
  findings.checks += 1;
  if (schema.enum.some((allowed) => jsonEqual(allowed, value))) return;
  const texts = schema.enum.map((allowed) => (typeof allowed === 'string' ? allowed : JSON.stringify(allowed)));
  findings.errors.push(unsupportedField(path, value, texts));
}

function checkMap(findings: Findings, map: object, schema: StructuralSchema, path: string, old: unknown): void {
  findings.checks += 1;
  const size = Object.keys(map).length;
  const { minProperties = 0, maxProperties = Infinity } = schema;
  if (size < minProperties) {
    findings.errors.push(invalidField(path, size, `${path} in body should have at least ${minProperties} properties`));
    return;
  }
  if (size > maxProperties) {
    findings.errors.push(tooManyInField(path, size, maxProperties));
    return;
  }
  checkValues(findings, map, schema, path, old);
  for (const key of schema.required ?? []) {
    if (!Object.hasOwn(map, key)) findings.errors.push(requiredField(childPath(path, key)));
  }
}

function checkValues(findings: Findings, map: object, schema: StructuralSchema, path: string, old: unknown): void {
  const { properties = {}, additionalProperties: rest } = schema;
  const oldOf = (key: string) => (isJsonObject(old) ? readKey(old, key) : undefined);
  for (const key of Object.keys(map)) {
    if (Object.hasOwn(properties, key)) continue;
    if (typeof rest === 'object') check(findings, readKey(map, key), rest, childPath(path, key), oldOf(key));
    else if (rest === false) {
      const message = `${path}.${key} in body is a forbidden property`;
      findings.errors.push(invalidField(path === '' ? '<nil>' : path, '', message));
    }
  }
  for (const key in properties) {
    if (!Object.hasOwn(map, key)) continue;
    check(findings, readKey(map, key), properties[key] as StructuralSchema, childPath(path, key), oldOf(key));
  }
}
