import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StatusError } from '@croft/api/status';
import { jsonEqual } from '@croft/foundation/json';
import { getFieldType } from '@croft/schema/field-type';
import fc from 'fast-check';
import { applyJsonPatch } from './json-patch.ts';
import { applyMergePatch } from './merge-patch.ts';
import { applyStrategicPatch } from './strategic-patch.ts';

// Whatever a client sends, a patch gives an object or a refusal, and leaves alone what it was given.

const word = fc.constantFrom('a', 'b', 'items', 'words', 'name', '__proto__', 'constructor', '0', '-1', '', '~', '/');
const directive = fc.constantFrom(
  '$patch',
  '$retainKeys',
  '$deleteFromPrimitiveList/words',
  '$setElementOrder/items',
  '$setElementOrder/words',
);
const leaf = fc.oneof(
  word,
  fc.constantFrom('merge', 'replace', 'delete'),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
);

function tree(key: fc.Arbitrary<string>): fc.Arbitrary<unknown> {
  return fc.letrec((tie) => ({
    object: fc.array(fc.tuple(key, tie('any')), { maxLength: 4 }).map(fromEntries),
    any: fc.oneof({ depthSize: 'small' }, leaf, fc.array(tie('any'), { maxLength: 3 }), tie('object')),
  })).object;
}

/** As JSON.parse gives it: `__proto__` is a key like any other. */
const fromEntries = (entries: [string, unknown][]) => JSON.parse(JSON.stringify(Object.fromEntries(entries))) as object;

const type = getFieldType(
  {
    Root: {
      type: 'object',
      properties: {
        words: { type: 'array', items: { type: 'string' }, 'x-kubernetes-patch-strategy': 'merge' },
        items: {
          type: 'array',
          items: { $ref: 'Root' },
          'x-kubernetes-patch-strategy': 'merge',
          'x-kubernetes-patch-merge-key': 'name',
        },
        a: { $ref: 'Root' },
      },
    },
  },
  'Root',
);

function checkHarmless(original: unknown, patch: unknown, apply: () => unknown): void {
  const before = JSON.stringify([original, patch]);
  try {
    const result = apply();
    assert.notEqual(JSON.stringify(result), '');
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
  }
  assert.equal(JSON.stringify([original, patch]), before);
  assert.deepEqual(Object.keys(Object.prototype), []);
}

test('a merge patch harms nothing', () => {
  fc.assert(
    fc.property(tree(word), tree(word), (original, patch) => {
      checkHarmless(original, patch, () => applyMergePatch(original, patch));
    }),
    { numRuns: 500 },
  );
});

test('a strategic patch is applied or refused, and harms nothing', () => {
  fc.assert(
    fc.property(tree(word), tree(fc.oneof(word, directive)), (original, patch) => {
      checkHarmless(original, patch, () => applyStrategicPatch(original, patch, type));
    }),
    { numRuns: 2000 },
  );
});

const pointer = fc.array(word, { maxLength: 4 }).map((parts) => parts.map((part) => `/${part}`).join(''));
const operation = fc.record(
  {
    op: fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test', 'other'),
    path: fc.oneof(pointer, leaf),
    from: fc.oneof(pointer, leaf),
    value: tree(word),
  },
  { requiredKeys: ['op'] },
);

test('a JSON patch is applied or refused, and harms nothing', () => {
  fc.assert(
    fc.property(tree(word), fc.array(fc.oneof(operation, tree(word)), { maxLength: 5 }), (original, patch) => {
      checkHarmless(original, patch, () => applyJsonPatch(original, patch));
    }),
    { numRuns: 2000 },
  );
});

test('what a JSON patch adds stands there, and goes when it is removed', () => {
  fc.assert(
    fc.property(tree(fc.constantFrom('a', 'b')), fc.jsonValue(), (original, value) => {
      const added = applyJsonPatch(original, [
        { op: 'add', path: '/new~1key', value },
        { op: 'test', path: '/new~1key', value },
      ]);
      assert.ok(jsonEqual(applyJsonPatch(added, [{ op: 'remove', path: '/new~1key' }]), original));
    }),
    { numRuns: 300 },
  );
});
