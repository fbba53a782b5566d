import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatFieldErrors } from '@croft/api/field-error';
import { checkLabelSelector, formatSelector, selectorMatches } from './labels.ts';

test('matches by labels and expressions', () => {
  const selector = {
    matchLabels: { app: 'web' },
    matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['x'] }],
  };
  assert.equal(selectorMatches(selector, { app: 'web' }), true);
  assert.equal(selectorMatches(selector, { app: 'web', tier: 'x' }), false);
  assert.equal(selectorMatches({}, {}), true);
  assert.equal(selectorMatches(undefined, {}), false);
});

test('prints selectors as kubectl shows them', () => {
  const matchExpressions = [
    { key: 'b', operator: 'In', values: ['2', '1'] },
    { key: 'a', operator: 'DoesNotExist' },
  ];
  assert.equal(formatSelector({ matchLabels: { app: 'web' }, matchExpressions }), '!a,app=web,b in (1,2)');
  assert.equal(formatSelector({}), '<none>');
});

test('refuses values where the operator has none', () => {
  const errors = checkLabelSelector('s', { matchExpressions: [{ key: 'a', operator: 'Exists', values: ['x'] }] });
  const expected =
    "s.matchExpressions[0].values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
  assert.equal(formatFieldErrors(errors), expected);
});
