import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type FieldSet,
  type FieldSetDraft,
  insertPath,
  intersectSets,
  isEmptySet,
  pathsOf,
  sortSet,
  subtractBelow,
  subtractSets,
  unionSets,
} from './field-set.ts';

const element = fc.constantFrom('f:a', 'f:b', 'k:{"n":1}', 'v:"x"');
const paths = fc.array(fc.array(element, { minLength: 1, maxLength: 3 }), { maxLength: 8 });

function setOf(list: readonly string[][]): FieldSet {
  const set: FieldSetDraft = {};
  for (const path of list) insertPath(set, path);
  return set;
}

const text = (path: readonly string[]): string => path.join('/');
const membersOf = (set: FieldSet): Set<string> => new Set([...pathsOf(set)].map(text));

function frozen(set: FieldSet): FieldSet {
  for (const node of Object.values(set)) frozen(node);
  return Object.freeze(set);
}

test('sets of paths behave as sets, and change nothing they are given', () => {
  fc.assert(
    fc.property(paths, paths, (first, second) => {
      const [left, right] = [frozen(setOf(first)), frozen(setOf(second))];
      const [a, b] = [new Set(first.map(text)), new Set(second.map(text))];
      assert.deepEqual(membersOf(left), a);
      assert.deepEqual(membersOf(unionSets(left, right)), a.union(b));
      assert.deepEqual(membersOf(subtractSets(left, right)), a.difference(b));
      assert.deepEqual(membersOf(intersectSets(left, right)), a.intersection(b));
      const kept = [...a].filter((path) => ![...b].some((cut) => path === cut || path.startsWith(`${cut}/`)));
      assert.deepEqual(membersOf(subtractBelow(left, right)), new Set(kept));
      assert.equal(isEmptySet(left), a.size === 0);
    }),
    { numRuns: 1000 },
  );
});

test('a result has one form, however it was made', () => {
  fc.assert(
    fc.property(paths, paths, (first, second) => {
      const [left, right] = [setOf(first), setOf(second)];
      const canonical = (set: FieldSet) => JSON.stringify(sortSet(set));
      const direct = setOf([...pathsOf(subtractSets(left, right))].map((path) => [...path]));
      assert.equal(canonical(subtractSets(left, right)), canonical(direct));
      assert.equal(canonical(unionSets(left, right)), canonical(unionSets(right, left)));
      assert.equal(canonical(intersectSets(left, right)), canonical(intersectSets(right, left)));
    }),
    { numRuns: 500 },
  );
});
