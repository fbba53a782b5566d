import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RestartBackoff } from './restart-backoff.ts';

test('the first restart is at once, the next ones wait 10 s and twice as long each time, up to 5 minutes', () => {
  const backoff = new RestartBackoff();
  const waits: number[] = [];
  let nowMs = 1_000_000;
  for (let crash = 0; crash < 8; crash++) {
    const waitMs = backoff.remainingMs(nowMs, nowMs);
    waits.push(waitMs / 1000);
    nowMs += waitMs;
    backoff.restarted(nowMs - waitMs, nowMs);
  }
  assert.deepEqual(waits, [0, 10, 20, 40, 80, 160, 300, 300]);
  assert.equal(backoff.describe(), '5m0s');
});

test('after ten minutes of running it begins anew', () => {
  const backoff = new RestartBackoff();
  backoff.restarted(0, 0);
  backoff.restarted(20_000, 20_000);
  const crashMs = 20_000 + 601_000;
  assert.equal(backoff.remainingMs(crashMs, crashMs), 0);
  backoff.restarted(crashMs, crashMs);
  assert.equal(backoff.describe(), '10s');
});
