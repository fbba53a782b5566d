import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatFieldErrors } from '@croft/api/field-error';
import type { StructuralSchema } from './structural-schema.ts';
import { validateCustomObject } from './validate-custom.ts';

const text: StructuralSchema = { type: 'string' };
const properties: Record<string, StructuralSchema> = {
  need: text,
  also: { type: 'integer' },
  e: { type: 'string', enum: ['a', 'b'] },
  pat: { type: 'string', pattern: '^[a-z]+$' },
  num: { type: 'integer', minimum: 1, maximum: 10 },
  ex: { type: 'number', exclusiveMinimum: true, minimum: 0 },
  len: { type: 'string', minLength: 2, maxLength: 4 },
  arr: { type: 'array', minItems: 1, maxItems: 2, items: text },
  mul: { type: 'integer', multipleOf: 5 },
  dt: { type: 'string', format: 'date-time' },
  ip: { type: 'string', format: 'ipv4' },
  mp: { type: 'object', minProperties: 1, maxProperties: 2, additionalProperties: { type: 'integer' } },
  set: { type: 'array', items: text, 'x-kubernetes-list-type': 'set' },
  lm: {
    type: 'array',
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['k'],
    items: { type: 'object', required: ['k'], properties: { k: text, v: text } },
  },
  one: { type: 'object', properties: { a: text, b: text }, oneOf: [{ required: ['a'] }, { required: ['b'] }] },
  any: { type: 'object', properties: { a: text, b: text }, anyOf: [{ required: ['a'] }, { required: ['b'] }] },
  no: { type: 'string', not: { enum: ['bad'] } },
  nn: { type: 'string', nullable: true },
  port: { 'x-kubernetes-int-or-string': true },
  share: {
    anyOf: [{ type: 'integer' }, { type: 'string' }],
    'x-kubernetes-int-or-string': true,
    pattern: '^[0-9]+%?$',
  },
  big: { type: 'integer', format: 'int64' },
  tpl: { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
};

const schema: StructuralSchema = {
  type: 'object',
  required: ['spec'],
  properties: { spec: { type: 'object', required: ['need', 'also'], properties } },
};

function validate(spec: object): string {
  const errors = validateCustomObject({ spec: { need: 'x', also: 1, ...spec } }, undefined, schema);
  return errors.length === 0 ? '' : formatFieldErrors(errors);
}

test('each rule refuses in the words of Kubernetes', () => {
  const refused: [object, string][] = [
    [{ need: 5 }, 'spec.need: Invalid value: "integer": spec.need in body must be of type string: "integer"'],
    [{ also: '1' }, 'spec.also: Invalid value: "string": spec.also in body must be of type integer: "string"'],
    [{ e: 'c' }, 'spec.e: Unsupported value: "c": supported values: "a", "b"'],
    [{ pat: 'A1' }, 'spec.pat: Invalid value: "A1": spec.pat in body should match \'^[a-z]+$\''],
    [{ num: 0 }, 'spec.num: Invalid value: 0: spec.num in body should be greater than or equal to 1'],
    [{ num: 11 }, 'spec.num: Invalid value: 11: spec.num in body should be less than or equal to 10'],
    [{ ex: 0 }, 'spec.ex: Invalid value: 0: spec.ex in body should be greater than 0'],
    [{ len: 'a' }, 'spec.len: Invalid value: "a": spec.len in body should be at least 2 chars long'],
    [{ len: 'abcde' }, 'spec.len: Too long: may not be more than 4 bytes'],
    [{ arr: [] }, 'spec.arr: Invalid value: 0: spec.arr in body should have at least 1 items'],
    [{ arr: ['a', 'b', 'c'] }, 'spec.arr: Too many: 3: must have at most 2 items'],
    [{ arr: [1] }, 'spec.arr[0]: Invalid value: "integer": spec.arr[0] in body must be of type string: "integer"'],
    [{ mul: 7 }, 'spec.mul: Invalid value: 7: spec.mul in body should be a multiple of 5'],
    [
      { dt: 'yesterday' },
      'spec.dt: Invalid value: "yesterday": spec.dt in body must be of type date-time: "yesterday"',
    ],
    [{ ip: '999.1.1.1' }, 'spec.ip: Invalid value: "999.1.1.1": spec.ip in body must be of type ipv4: "999.1.1.1"'],
    [{ mp: {} }, 'spec.mp: Invalid value: 0: spec.mp in body should have at least 1 properties'],
    [{ mp: { a: 'x' } }, 'spec.mp.a: Invalid value: "string": spec.mp.a in body must be of type integer: "string"'],
    [{ set: ['a', 'a', 'a'] }, 'spec.set[1]: Duplicate value: "a"'],
    [{ lm: [{ k: 'a' }, { k: 'a' }] }, 'spec.lm[1]: Duplicate value: {"k":"a"}'],
    [{ lm: [{ v: 'x' }] }, 'spec.lm[0].k: Required value'],
    [
      { one: {} },
      '[<nil>: Invalid value: "": "spec.one" must validate one and only one schema (oneOf). Found none valid, spec.one.a: Required value]',
    ],
    [
      { one: { a: '1', b: '2' } },
      '<nil>: Invalid value: "": "spec.one" must validate one and only one schema (oneOf). Found 2 valid alternatives',
    ],
    [
      { any: {} },
      '[<nil>: Invalid value: "": "spec.any" must validate at least one schema (anyOf), spec.any.a: Required value]',
    ],
    [{ no: 'bad' }, '<nil>: Invalid value: "": "spec.no" must not validate the schema (not)'],
    [
      { port: true },
      'spec.port: Invalid value: "boolean": spec.port in body must be of type integer,string: "boolean"',
    ],
    [{ port: 1.5 }, 'spec.port: Invalid value: "number": spec.port in body must be of type integer,string: "number"'],
    [{ share: 'x' }, 'spec.share: Invalid value: "x": spec.share in body should match \'^[0-9]+%?$\''],
    [
      { big: 1.5 },
      '[spec.big: Invalid value: "float64": spec.big in body must be of type int64: "float64", <nil>: Invalid value: "": Checked value must be of type integer with format int64 in spec.big]',
    ],
    [{ tpl: { metadata: {} } }, '[spec.tpl.apiVersion: Required value, spec.tpl.kind: Required value]'],
  ];
  for (const [spec, message] of refused) assert.equal(validate(spec), message);
});

test('what fits has no errors', () => {
  const fitting = [
    { nn: null },
    { port: 80, share: '5%' },
    { port: 'http', share: 5 },
    { one: { a: '1' }, any: { b: '1' }, no: 'good' },
    { dt: '2020-02-29T10:00:00.5+02:00', ip: '192.0.2.1', big: 12345678901 },
    { tpl: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'Some_Name' } } },
  ];
  for (const spec of fitting) assert.equal(validate(spec), '', JSON.stringify(spec));
});

test('embedded objects have labels as objects have', () => {
  const tpl = { apiVersion: 'v1', kind: 'Pod', metadata: { labels: { 'bad key': 'x' } } };
  assert.match(validate({ tpl }), /^spec\.tpl\.metadata\.labels: Invalid value: "bad key": name part must consist of/);
});

test('an update may keep what was wrong before, but not make it anew', () => {
  const broken = { spec: { need: 'x', also: 1, num: 0, pat: 'ok' } };
  assert.deepEqual(validateCustomObject({ spec: { ...broken.spec, pat: 'other' } }, broken, schema), []);
  assert.equal(validateCustomObject({ spec: { ...broken.spec, num: -1 } }, broken, schema).length, 1);
});
