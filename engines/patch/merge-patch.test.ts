import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isJsonObject, jsonEqual } from '@croft/foundation/json';
import fc from 'fast-check';
import { applyMergePatch } from './merge-patch.ts';

test('the examples of RFC 7386', () => {
  const examples: [unknown, unknown, unknown][] = [
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'foo' }, null, null],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ];
  for (const [target, patch, expected] of examples) assert.deepEqual(applyMergePatch(target, patch), expected);
});

test('unchanged parts are shared, inputs stay', () => {
  const live = { a: { b: 1 }, c: { d: 2 } };
  const result = applyMergePatch(live, { c: { d: 3 } });
  assert.equal(result.a, live.a);
  assert.deepEqual(live, { a: { b: 1 }, c: { d: 2 } });
  assert.equal(applyMergePatch(live, { a: { b: 1 } }), live);
});

test('applying twice is applying once', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (target, patch) => {
      const once = applyMergePatch<unknown>(target, patch);
      assert.ok(jsonEqual(applyMergePatch<unknown>(once, patch), once));
    }),
    { numRuns: 300 },
  );
});

test('a patch without nulls is all in the result', () => {
  const contains = (whole: unknown, part: unknown): boolean =>
    isJsonObject(part)
      ? isJsonObject(whole) &&
        Object.keys(part).every((key) => Object.hasOwn(whole, key) && contains(whole[key], part[key]))
      : jsonEqual(whole, part);
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (target, patch) => {
      fc.pre(!JSON.stringify(patch).includes('null'));
      assert.ok(contains(applyMergePatch<unknown>(target, patch), patch));
    }),
    { numRuns: 300 },
  );
});
