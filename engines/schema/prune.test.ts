import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findDuplicateFields } from './duplicate-fields.ts';
import { pruneUnknown } from './prune.ts';
import type { StructuralSchema } from './structural-schema.ts';

const text: StructuralSchema = { type: 'string' };
const schema: StructuralSchema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        a: text,
        list: { type: 'array', items: { type: 'object', properties: { a: text } } },
        free: {
          type: 'object',
          'x-kubernetes-preserve-unknown-fields': true,
          properties: { known: { type: 'object', properties: { k: text } } },
        },
        map: { type: 'object', additionalProperties: text },
        any: { 'x-kubernetes-preserve-unknown-fields': true },
        tpl: { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
      },
    },
  },
};

test('unknown fields go and are named, those of metadata first', () => {
  const object = {
    apiVersion: 'e.org/v1',
    kind: 'Prun',
    metadata: { name: 'a', bogus: 1 },
    spec: {
      a: '1',
      b: '2',
      list: [{ a: '1' }, { a: '2', c: 3 }],
      free: { x: 1, known: { k: 'v', u: 1 } },
      map: { p: 'q' },
      any: [1, { z: 2 }],
      tpl: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x', bogus: 1 }, spec: { a: 1 } },
    },
    extra: 1,
  };
  const before = structuredClone(object);
  const { value, unknownFields } = pruneUnknown<object>(object, schema);
  assert.deepEqual(unknownFields, [
    'metadata.bogus',
    'spec.tpl.metadata.bogus',
    'extra',
    'spec.b',
    'spec.free.known.u',
    'spec.list[1].c',
  ]);
  assert.deepEqual(value, {
    apiVersion: 'e.org/v1',
    kind: 'Prun',
    metadata: { name: 'a' },
    spec: {
      a: '1',
      list: [{ a: '1' }, { a: '2' }],
      free: { x: 1, known: { k: 'v' } },
      map: { p: 'q' },
      any: [1, { z: 2 }],
      tpl: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, spec: { a: 1 } },
    },
  });
  assert.deepEqual(object, before);
  const again = pruneUnknown(value, schema);
  assert.equal(again.value, value);
  assert.deepEqual(again.unknownFields, []);
});

test('names of Object.prototype are unknown like others', () => {
  const object = JSON.parse('{"spec":{"__proto__":{"a":1},"constructor":1,"toString":2}}') as object;
  const { value, unknownFields } = pruneUnknown<object>(object, schema);
  assert.deepEqual(value, { spec: {} });
  assert.deepEqual(unknownFields, ['spec.__proto__', 'spec.constructor', 'spec.toString']);
});

test('keys that stand twice are found', () => {
  const json = '{"a": 1, "b\\"": {"c": [ {"d": "}", "d": -1.5e3} ], "c": null}, "a": true , "a":[], "e": {}}';
  assert.deepEqual(findDuplicateFields(json), ['b".c[0].d', 'b".c', 'a']);
  assert.deepEqual(findDuplicateFields('{"a":{"x":1},"b":{"x":1}}'), []);
  assert.deepEqual(findDuplicateFields(' [1, 2] '), []);
});
