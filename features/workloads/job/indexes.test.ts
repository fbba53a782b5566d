import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatIndexes, parseIndexes } from './indexes.ts';

test('indexes are written as runs and read back', () => {
  assert.equal(formatIndexes([4, 0, 2, 3]), '0,2-4');
  assert.equal(formatIndexes([0, 1]), '0,1');
  assert.deepEqual(parseIndexes('0,2-4'), [0, 2, 3, 4]);
  assert.deepEqual(parseIndexes(''), []);
});
