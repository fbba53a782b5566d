import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runInformer } from '../../bench/load/informer-run.ts';

test('an informer of the official client misses nothing through cuts and compactions', {
  timeout: 90_000,
}, async () => {
  const run = { durationMs: 6_000, writesPerSecond: 50, cutMs: 1_500, compactMs: 1_500 };
  const { lost, different, writes, cuts, compactions } = await runInformer(run);
  assert.deepEqual({ lost, different }, { lost: [], different: [] });
  assert.ok(writes > 10 && cuts > 0 && compactions > 0, `${writes} writes, ${cuts} cuts, ${compactions} compactions`);
});
