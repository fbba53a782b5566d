import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { applyDefaults } from './defaults.ts';
import { findDuplicateFields } from './duplicate-fields.ts';
import { pruneUnknown } from './prune.ts';
import type { StructuralSchema } from './structural-schema.ts';
import { validateCustomObject } from './validate-custom.ts';

const key = fc.constantFrom('a', 'b', 'c', 'metadata', '__proto__');
const leaf = fc.constantFrom<StructuralSchema>(
  { type: 'string', default: 'd' },
  { type: 'integer', nullable: true },
  { type: 'integer', default: 1, minimum: 0 },
  { 'x-kubernetes-preserve-unknown-fields': true },
);
const { schema } = fc.letrec<{ schema: StructuralSchema; object: StructuralSchema }>((tie) => ({
  schema: fc.oneof({ maxDepth: 3 }, leaf, tie('object')),
  object: fc.oneof(
    fc.dictionary(key, tie('schema')).map((properties) => ({ type: 'object', properties })),
    fc.dictionary(key, tie('schema')).map((properties) => ({ type: 'object', properties, default: {} })),
    tie('schema').map((items) => ({ type: 'array', items })),
    tie('schema').map((additionalProperties) => ({ type: 'object', additionalProperties })),
  ),
}));
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, 'x', 1, -1, true),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value')),
  ),
}));

test('pruning and defaulting twice is doing it once; checking any value ends', () => {
  fc.assert(
    fc.property(schema, value, (some, object) => {
      const before = JSON.stringify(object);
      const once = pruneUnknown(object, some);
      const twice = pruneUnknown(once.value, some);
      assert.equal(twice.value, once.value);
      assert.deepEqual(twice.unknownFields, []);
      const defaulted = applyDefaults(object, some);
      assert.equal(applyDefaults(defaulted, some), defaulted);
      validateCustomObject(object, undefined, some);
      assert.deepEqual(
        validateCustomObject(object, object, some).filter((error) => error.field !== '<nil>'),
        [],
      );
      assert.equal(JSON.stringify(object), before);
    }),
    { numRuns: 500 },
  );
});

test('JSON that was printed from a value has no key twice', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 4 }), (json) => {
      assert.deepEqual(findDuplicateFields(JSON.stringify(JSON.parse(json), null, 1)), []);
    }),
    { numRuns: 300 },
  );
});
