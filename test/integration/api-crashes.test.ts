// `CROFT_KILLS=200 node --test test/integration/api-crashes.test.ts` for a long run.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readKubeconfigClient } from '@croft/client/kubeconfig';
import { systemClock } from '@croft/foundation/clock';
import { writeAndCheck } from '../support/acknowledged-writes.ts';
import { startApiProcess } from '../support/api-process.ts';

const kills = Number(process.env.CROFT_KILLS ?? 20);
const workers = 8;
/** A kill comes at random within so many milliseconds after the server is ready. */
const longestLifeMs = 1200;

test(`${kills} kills lose no acknowledged write and leave nothing half written`, async (t) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'croft-api-crashes-'));
  t.after(() => rm(dataDir, { recursive: true, force: true }));
  await using api = await startApiProcess(dataDir);
  using client = await readKubeconfigClient(api.kubeconfig);
  const stop = new AbortController();
  const working = Array.from({ length: workers }, (_, worker) => writeAndCheck(client, worker, stop.signal));
  for (let count = 0; count < kills; count += 1) {
    await systemClock.wait(Math.random() * longestLifeMs);
    await api.kill();
    await api.start();
  }
  stop.abort();
  const results = await Promise.all(working);
  assert.deepEqual(
    results.flatMap(({ problems }) => problems),
    [],
  );
  const acknowledged = results.reduce((sum, result) => sum + result.acknowledged, 0);
  const unknown = results.reduce((sum, result) => sum + result.unknown, 0);
  t.diagnostic(`${acknowledged} writes acknowledged, ${unknown} cut off`);
  assert.ok(acknowledged > kills && unknown > 0);
});
