import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseLabelSelector, selectorMatch } from './label-selector.ts';
import { renderSelector } from './selector-text.ts';

const fits = (selector: string, labels: Record<string, string>): boolean =>
  parseLabelSelector(selector)?.(labels) ?? true;

test('set-based and equality-based terms hold together', () => {
  const labels = { app: 'web', tier: '2', 'example.org/x': '' };
  const fitting = [
    '',
    'app',
    'app=web',
    'app==web',
    'app!=db',
    '!gone',
    'app in (db, web)',
    'app notin (db)',
    'tier>1',
    'tier<3',
    'gone notin (a)',
    'example.org/x=',
    'app,tier=2,!gone',
  ];
  const other = ['gone', 'app=db', '!app', 'app notin (web)', 'tier>2', 'app>1', 'app in ()', 'app=web,gone'];
  for (const selector of fitting) assert.ok(fits(selector, labels), selector);
  for (const selector of other) assert.ok(!fits(selector, labels), selector);
});

test('inherited properties of objects are no labels', () => {
  assert.ok(!fits('constructor', {}));
  assert.ok(fits('!constructor', {}));
});

test('a LabelSelector selects what its text does', () => {
  const selector = {
    matchLabels: { app: 'web' },
    matchExpressions: [
      { key: 'tier', operator: 'In', values: ['b', 'a'] },
      { key: 'old', operator: 'DoesNotExist' },
    ],
  };
  assert.equal(renderSelector(selector), 'app=web,!old,tier in (a,b)');
  for (const labels of [{ app: 'web', tier: 'a' }, { app: 'web' }, { app: 'web', tier: 'b', old: '1' }]) {
    assert.equal(selectorMatch(selector)(labels), fits(renderSelector(selector), labels));
  }
});
