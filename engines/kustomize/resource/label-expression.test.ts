import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseLabelExpression } from './label-expression.ts';

const labels = new Map([
  ['app', 'web'],
  ['tier', 'front'],
]);

test('expressions that fit and those that do not', () => {
  for (const text of ['', 'app', 'app=web', 'app==web,tier!=back', 'app in (web, api)', 'old notin (a)', '!old']) {
    assert.ok(parseLabelExpression(text)(labels), text);
  }
  for (const text of ['!app', 'app=api', 'old', 'app notin (web)', 'old in (a)']) {
    assert.ok(!parseLabelExpression(text)(labels), text);
  }
});

test('what is no expression', () => {
  assert.throws(() => parseLabelExpression('app in web'), /found 'web' expected: '\('/);
  assert.throws(() => parseLabelExpression('app=web,'), /expected: identifier after ','/);
});
