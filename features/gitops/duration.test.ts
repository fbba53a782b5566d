import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findDurationMs } from './duration.ts';

test('Go durations are read, other texts are not', () => {
  assert.equal(findDurationMs('1m30s'), 90_000);
  assert.equal(findDurationMs('1.5h'), 5_400_000);
  assert.equal(findDurationMs('250ms'), 250);
  for (const bad of ['', '5', 'm', '5 m', '1d', '5mm']) assert.equal(findDurationMs(bad), undefined, bad);
});
