import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isEmptySelector, matchesLabelSelector } from './label-selector.ts';

test('labels and expressions must all fit', () => {
  const selector = {
    matchLabels: { app: 'web' },
    matchExpressions: [
      { key: 'tier', operator: 'In', values: ['a', 'b'] },
      { key: 'old', operator: 'DoesNotExist' },
    ],
  };
  assert.equal(matchesLabelSelector(selector, { app: 'web', tier: 'a' }), true);
  assert.equal(matchesLabelSelector(selector, { app: 'web', tier: 'c' }), false);
  assert.equal(matchesLabelSelector(selector, { app: 'web', tier: 'a', old: '' }), false);
  assert.equal(matchesLabelSelector(selector, { tier: 'a' }), false);
});

test('NotIn fits a label that is absent; Exists does not', () => {
  assert.equal(matchesLabelSelector({ matchExpressions: [{ key: 'a', operator: 'NotIn', values: ['x'] }] }, {}), true);
  assert.equal(matchesLabelSelector({ matchExpressions: [{ key: 'a', operator: 'Exists' }] }, {}), false);
});

test('no selector fits nothing, an empty one everything', () => {
  assert.equal(matchesLabelSelector(undefined, { a: 'b' }), false);
  assert.equal(matchesLabelSelector({}, { a: 'b' }), true);
  assert.equal(isEmptySelector({}), true);
});
