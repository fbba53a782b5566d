import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationText, findDurationMs } from './duration.ts';

test('Go durations are read, other texts are not', () => {
  assert.equal(findDurationMs('1m30s'), 90_000);
  assert.equal(findDurationMs('1.5h'), 5_400_000);
  assert.equal(findDurationMs('250ms'), 250);
  for (const bad of ['', '5', 'm', '5 m', '1d', '5mm']) assert.equal(findDurationMs(bad), undefined, bad);
});

test('durations are written as Go writes them', () => {
  assert.equal(durationText(300_000), '5m0s');
  assert.equal(durationText(1_500), '1.5s');
  assert.equal(durationText(12), '12ms');
});
