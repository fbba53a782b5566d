import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '@croft/foundation/clock';
import { createControllerMetrics } from './metrics.ts';
import { createWorkQueue } from './work-queue.ts';

/** The value of a sample in the text form. */
function sampleOf(text: string, sample: string): number {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${sample} `));
  assert.ok(line !== undefined, `${sample} is not in\n${text}`);
  return Number(line.slice(sample.length));
}

test('a queue tells how long it is, what was added and what was tried again', async () => {
  const metrics = createControllerMetrics();
  const measures = metrics.of('thing', 1, () => queue.depth);
  const release = Promise.withResolvers<void>();
  const done = Promise.withResolvers<void>();
  let failures = 0;
  await using queue = createWorkQueue({
    concurrency: 1,
    clock: systemClock,
    backoff: { firstMs: 1, maxMs: 1 },
    measures: measures.queue,
    work: async (key) => {
      await release.promise;
      if (key === 'fails' && failures++ === 0) throw new Error('once');
      if (key === 'fails') done.resolve();
    },
    failed: () => {},
  });
  for (const key of ['a', 'b', 'b', 'fails']) queue.add(key);
  await new Promise(setImmediate);
  const labels = 'controller="thing",name="thing"';
  assert.equal(sampleOf(metrics.render(), `workqueue_depth{${labels}}`), 2);
  assert.equal(sampleOf(metrics.render(), 'controller_runtime_active_workers{controller="thing"}'), 1);
  release.resolve();
  await done.promise;
  const text = metrics.render();
  assert.equal(sampleOf(text, `workqueue_depth{${labels}}`), 0);
  assert.equal(sampleOf(text, `workqueue_adds_total{${labels}}`), 4);
  assert.equal(sampleOf(text, `workqueue_retries_total{${labels}}`), 1);
  assert.equal(sampleOf(text, `workqueue_queue_duration_seconds_bucket{${labels},le="+Inf"}`), 4);
});

test('reconciles are counted by result, and their times by bounds', () => {
  const metrics = createControllerMetrics();
  const { reconciled } = metrics.of('thing', 4, () => 0);
  reconciled('success', 4);
  reconciled('success', 200);
  reconciled('error', 61_000);
  reconciled('error', 1, true);
  const text = metrics.render();
  const total = 'controller_runtime_reconcile_total';
  assert.equal(sampleOf(text, `${total}{controller="thing",result="success"}`), 2);
  assert.equal(sampleOf(text, `${total}{controller="thing",result="error"}`), 2);
  assert.equal(sampleOf(text, `${total}{controller="thing",result="requeue_after"}`), 0);
  assert.equal(sampleOf(text, 'controller_runtime_terminal_reconcile_errors_total{controller="thing"}'), 1);
  assert.equal(sampleOf(text, 'controller_runtime_max_concurrent_reconciles{controller="thing"}'), 4);
  const time = 'controller_runtime_reconcile_time_seconds';
  assert.equal(sampleOf(text, `${time}_bucket{controller="thing",le="0.005"}`), 2);
  assert.equal(sampleOf(text, `${time}_bucket{controller="thing",le="0.2"}`), 3);
  assert.equal(sampleOf(text, `${time}_bucket{controller="thing",le="60"}`), 3);
  assert.equal(sampleOf(text, `${time}_bucket{controller="thing",le="+Inf"}`), 4);
  assert.ok(Math.abs(sampleOf(text, `${time}_sum{controller="thing"}`) - 61.205) < 1e-9);
});

test('controllers of one name are shown as one', () => {
  const metrics = createControllerMetrics();
  metrics.of('thing', 4, () => 1).reconciled('success', 1);
  metrics.of('thing', 4, () => 2).reconciled('success', 1);
  const text = metrics.render();
  assert.equal(sampleOf(text, 'workqueue_depth{controller="thing",name="thing"}'), 3);
  assert.equal(sampleOf(text, 'controller_runtime_reconcile_total{controller="thing",result="success"}'), 2);
});
