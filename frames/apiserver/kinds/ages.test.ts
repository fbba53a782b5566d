import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatAge, formatDuration } from './ages.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

for (const [ms, text] of [
  [-5 * second, '<invalid>'],
  [-second, '0s'],
  [119 * second, '119s'],
  [2 * minute, '2m'],
  [9 * minute + 59 * second, '9m59s'],
  [10 * minute + 5 * second, '10m'],
  [3 * hour, '3h'],
  [7 * hour + 5 * minute, '7h5m'],
  [47 * hour, '47h'],
  [3 * day + 2 * hour, '3d2h'],
  [10 * day, '10d'],
  [800 * day, '2y70d'],
  [9 * 365 * day, '9y'],
] as const) {
  test(`prints ${ms} ms as ${text}`, () => assert.equal(formatDuration(ms), text));
}

test('does not know the age of what has no time', () => assert.equal(formatAge(undefined, 0), '<unknown>'));
