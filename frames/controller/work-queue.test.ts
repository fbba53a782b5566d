import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '@croft/foundation/clock';
import { createWorkQueue, type WorkQueueOptions } from './work-queue.ts';

function start(work: WorkQueueOptions['work'], failed: WorkQueueOptions['failed'] = () => {}) {
  return createWorkQueue({ concurrency: 2, clock: systemClock, backoff: { firstMs: 1, maxMs: 5 }, work, failed });
}

test('a key added many times before its turn is worked on once', async () => {
  const seen: string[] = [];
  const done = Promise.withResolvers<void>();
  await using queue = start(async (key) => {
    seen.push(key);
    if (key === 'last') done.resolve();
  });
  for (let i = 0; i < 5; i++) queue.add('a');
  queue.add('last');
  await done.promise;
  assert.deepEqual(seen, ['a', 'last']);
});

test('a key added during its own work runs again, never twice at once', async () => {
  let atOnce = 0;
  let most = 0;
  let runs = 0;
  const done = Promise.withResolvers<void>();
  await using queue = start(async (key) => {
    atOnce += 1;
    most = Math.max(most, atOnce);
    runs += 1;
    if (runs === 1) queue.add(key);
    await new Promise(setImmediate);
    atOnce -= 1;
    if (runs === 2) done.resolve();
  });
  queue.add('a');
  await done.promise;
  assert.equal(most, 1);
  assert.equal(runs, 2);
});

test('work that fails is told and tried again until it succeeds', async () => {
  const failures: string[] = [];
  const done = Promise.withResolvers<void>();
  await using queue = start(
    async () => {
      if (failures.length < 3) throw new Error(`failure ${failures.length}`);
      done.resolve();
    },
    (_key, error) => failures.push((error as Error).message),
  );
  queue.add('a');
  await done.promise;
  assert.deepEqual(failures, ['failure 0', 'failure 1', 'failure 2']);
});

test('stopping waits for what runs and starts nothing more', async () => {
  const started: string[] = [];
  const release = Promise.withResolvers<void>();
  const queue = createWorkQueue({
    concurrency: 1,
    clock: systemClock,
    work: async (key) => {
      started.push(key);
      await release.promise;
    },
    failed: () => {},
  });
  queue.add('a');
  queue.add('b');
  await new Promise(setImmediate);
  const stopped = queue[Symbol.asyncDispose]();
  release.resolve();
  await stopped;
  assert.deepEqual(started, ['a']);
  assert.equal(queue.idle, true);
});
