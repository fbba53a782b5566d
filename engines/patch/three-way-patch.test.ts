import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '@croft/foundation/json';
import { jsonEqual } from '@croft/foundation/json';
import fc from 'fast-check';
import { configMapType, deploymentType } from './example-types.ts';
import { applyMergePatch } from './merge-patch.ts';
import { applyStrategicPatch } from './strategic-patch.ts';
import { createThreeWayPatch } from './three-way-patch.ts';

const deployment = (containers: JsonObject[], more: JsonObject = {}): JsonObject => ({
  spec: { template: { spec: { containers } }, ...more },
});

test('removes what the last manifest had, keeps what others added', () => {
  const original = { data: { a: '1', b: '1' } };
  const modified = { data: { a: '2' } };
  const current = { data: { a: '1', b: '1', other: 'x' } };
  const patch = createThreeWayPatch(original, modified, current, configMapType);
  assert.deepEqual(patch, { data: { a: '2', b: null } });
  assert.deepEqual(applyStrategicPatch(current, patch, configMapType), { data: { a: '2', other: 'x' } });
  assert.deepEqual(createThreeWayPatch(original, modified, current), { data: { a: '2', b: null } });
});

test('nothing to do is an empty patch', () => {
  const manifest = deployment([{ name: 'c', image: '1', args: ['x'] }], { replicas: 1 });
  const current = deployment([{ name: 'c', image: '1', args: ['x'], resources: {} }, { name: 'injected' }], {
    replicas: 1,
  });
  assert.deepEqual(createThreeWayPatch(manifest, manifest, manifest, deploymentType), {});
  const patch = createThreeWayPatch(manifest, manifest, current, deploymentType);
  assert.deepEqual(applyStrategicPatch(current, patch, deploymentType), current);
});

test('list items are changed, added and deleted by their key', () => {
  const original = deployment([{ name: 'a', image: '1', env: [{ name: 'X', value: '1' }] }, { name: 'gone' }]);
  const modified = deployment([
    { name: 'a', image: '2' },
    { name: 'new', image: '1' },
  ]);
  const current = deployment([
    {
      name: 'a',
      image: '1',
      env: [
        { name: 'X', value: '1' },
        { name: 'Y', value: '2' },
      ],
    },
    { name: 'gone' },
    { name: 'side' },
  ]);
  const patch = createThreeWayPatch(original, modified, current, deploymentType);
  assert.deepEqual(applyStrategicPatch(current, patch, deploymentType), {
    spec: {
      template: {
        spec: {
          containers: [{ name: 'a', image: '2' }, { name: 'side' }, { name: 'new', image: '1' }],
        },
      },
    },
  });
});

test('a change of strategy clears what belongs to the old one', () => {
  const before = { spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } } };
  const after = { spec: { strategy: { type: 'Recreate' } } };
  const patch = createThreeWayPatch(before, after, before, deploymentType);
  assert.deepEqual(applyStrategicPatch(before, patch, deploymentType), after);
});

const name = fc.constantFrom('a', 'b', 'c', 'd');
const word = fc.constantFrom('1', '2', '3');
const env = fc.uniqueArray(fc.record({ name, value: word }), { selector: (item) => item.name, maxLength: 3 });
const container = fc.record({ name, image: word, env }, { requiredKeys: ['name'] });
const spec = fc.record(
  {
    replicas: fc.integer({ min: 0, max: 3 }),
    strategy: fc.dictionary(fc.constantFrom('type', 'rollingUpdate'), word),
    template: fc.record({
      spec: fc.record({ containers: fc.uniqueArray(container, { selector: (item) => item.name, maxLength: 4 }) }),
    }),
  },
  { requiredKeys: [] },
);
const object = fc.record({ spec }) as fc.Arbitrary<JsonObject>;

/** Emptied maps and lists may stay behind. */
function tidy(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(tidy);
  if (typeof value !== 'object' || value === null) return value;
  const pairs = Object.entries(value)
    .map(([key, child]) => [key, tidy(child)] as const)
    .filter(([, child]) => child !== undefined);
  return pairs.length === 0 ? undefined : Object.fromEntries(pairs);
}

test('from an object that nobody else touched, the patch leads to the new manifest', () => {
  fc.assert(
    fc.property(object, object, (before, after) => {
      const patch = createThreeWayPatch(before, after, before, deploymentType);
      const result = applyStrategicPatch(before, patch, deploymentType);
      assert.deepEqual(tidy(result), tidy(after));
      const merged = applyMergePatch(before, createThreeWayPatch(before, after, before));
      assert.deepEqual(tidy(merged), tidy(after));
    }),
    { numRuns: 500 },
  );
});

/** As a server decodes: a directive for a map that was not there is left in it, and dropped as an unknown field. */
function decode(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decode);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(([key]) => !key.startsWith('$'));
  return Object.fromEntries(fields.map(([key, child]) => [key, decode(child)]));
}

test('applied again, it changes nothing', () => {
  fc.assert(
    fc.property(object, object, object, (before, after, current) => {
      const patch = createThreeWayPatch(before, after, current, deploymentType);
      const once = decode(applyStrategicPatch(current, patch, deploymentType)) as JsonObject;
      const again = applyStrategicPatch(once, createThreeWayPatch(after, after, once, deploymentType), deploymentType);
      assert.ok(jsonEqual(again, once));
    }),
    { numRuns: 300 },
  );
});
