import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { UnknownObject } from '@croft/api/object';
import fc from 'fast-check';
import { collectFields } from './collect-fields.ts';
import { deploymentType } from './example-types.ts';
import { isEmptySet, pathsOf } from './field-set.ts';
import type { ManagedFieldsEntry } from './managed-fields.ts';
import { applyServerSide } from './server-side-apply.ts';
import { updateManagedFields, withoutTimeChanges } from './update-managed-fields.ts';

// An empty list of items has no field of its own: nobody owns it, and decoding drops it. There are none here.
const name = fc.constantFrom('a', 'b', 'c');
const word = fc.constantFrom('1', '2');
const byName = { selector: (item: { name: string }) => item.name, minLength: 1, maxLength: 3 };
const env = fc.uniqueArray(fc.record({ name, value: word }), byName);
const args = fc.array(word, { maxLength: 2 });
const container = fc.record({ name, image: word, env, args }, { requiredKeys: ['name'] });
const template = fc.record({ spec: fc.record({ containers: fc.uniqueArray(container, byName) }) });
const spec = fc.record({ replicas: fc.integer({ min: 1, max: 2 }), template }, { requiredKeys: [] });
const labels = fc.dictionary(fc.constantFrom('x', 'y', '__proto__'), word);
const config = fc.record({ spec, labels }).map(
  (parts) =>
    JSON.parse(
      JSON.stringify({
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'web', labels: parts.labels },
        spec: parts.spec,
      }),
    ) as UnknownObject,
);

function apply(live: UnknownObject | undefined, applied: UnknownObject, manager: string, time = 'T1') {
  return applyServerSide({ live, applied, manager, type: deploymentType, apiVersion: 'apps/v1', time, force: true });
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}

function ownedPaths(object: UnknownObject, manager: string): string[] {
  const entries = (object.metadata?.managedFields ?? []) as ManagedFieldsEntry[];
  const fields = entries.find((entry) => entry.manager === manager)?.fieldsV1 ?? {};
  return [...pathsOf(fields)].map((path) => path.join(' '));
}

test('an apply by force gives what it names, and again changes nothing', () => {
  fc.assert(
    fc.property(config, config, config, (first, second, third) => {
      const live = deepFreeze(apply(apply(apply(undefined, first, 'a').object, second, 'b').object, third, 'a').object);
      const again = apply(live, deepFreeze(third), 'a', 'T2');
      assert.equal(again.changed, false);
      assert.deepEqual(again.object, live);
      const present = new Set([...pathsOf(collectFields(live, deploymentType))].map((path) => path.join(' ')));
      const wanted = [
        ...pathsOf(collectFields(third.spec as object, deploymentType.fields.get('spec') ?? deploymentType)),
      ];
      for (const path of wanted) assert.ok(present.has(`f:spec ${path.join(' ')}`) || path.length === 0);
      for (const path of wanted) assert.ok(ownedPaths(live, 'a').includes(`f:spec ${path.join(' ')}`));
    }),
    { numRuns: 300 },
  );
});

test('who gives up everything leaves what the other applied', () => {
  fc.assert(
    fc.property(config, config, (mine, other) => {
      const alone = apply(undefined, mine, 'a').object;
      const both = apply(apply(undefined, other, 'b').object, mine, 'a').object;
      const nothing = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' } } as UnknownObject;
      const left = apply(both, nothing, 'b').object;
      assert.deepEqual(ownedPaths(left, 'a').sort(), ownedPaths(alone, 'a').sort());
      assert.deepEqual(ownedPaths(left, 'b'), []);
      const kept = new Set([...pathsOf(collectFields(left, deploymentType))].map((path) => path.join(' ')));
      for (const path of ownedPaths(alone, 'a')) assert.ok(kept.has(path), path);
    }),
    { numRuns: 300 },
  );
});

test('an update that changes nothing moves no field', () => {
  fc.assert(
    fc.property(config, config, (first, second) => {
      const live = deepFreeze(apply(apply(undefined, first, 'a').object, second, 'b').object);
      const next = structuredClone(live);
      const request = { live, manager: 'u', type: deploymentType, apiVersion: 'apps/v1', time: 'T3' };
      assert.deepEqual(updateManagedFields({ ...request, next }), live);
      assert.equal(withoutTimeChanges(live, next), live);
    }),
    { numRuns: 200 },
  );
});

test('an update owns just what it changed', () => {
  fc.assert(
    fc.property(config, config, (first, second) => {
      const live = apply(undefined, first, 'a').object;
      const { managedFields } = live.metadata ?? {};
      const next = { ...second, metadata: { ...second.metadata, managedFields } } as UnknownObject;
      const request = { live, manager: 'u', type: deploymentType, apiVersion: 'apps/v1', time: 'T3' };
      const written = updateManagedFields({ ...request, next });
      const mine = new Set(ownedPaths(written, 'a'));
      for (const path of ownedPaths(written, 'u')) assert.ok(!mine.has(path), path);
      const entries = (written.metadata?.managedFields ?? []) as ManagedFieldsEntry[];
      for (const entry of entries) assert.ok(!isEmptySet(entry.fieldsV1 ?? {}));
    }),
    { numRuns: 300 },
  );
});
