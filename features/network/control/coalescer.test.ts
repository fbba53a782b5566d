import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '@croft/foundation/clock';
import { silentLog } from '@croft/foundation/log';
import { startCoalescer } from './coalescer.ts';

const common = { name: 'work', clock: systemClock, log: silentLog, backoff: { firstMs: 1, maxMs: 1 } };

test('changes that come together make one run, and one that comes during it another', async (t) => {
  const gate = Promise.withResolvers<void>();
  let runs = 0;
  const coalescer = startCoalescer({
    ...common,
    apply: async () => {
      runs += 1;
      if (runs === 1) {
        coalescer.trigger();
        await gate.promise;
      }
    },
  });
  t.after(() => coalescer[Symbol.asyncDispose]());
  for (let index = 0; index < 100; index += 1) coalescer.trigger();
  gate.resolve();
  await coalescer.settled();
  assert.equal(runs, 2);
});

test('failed work is tried again until it is done', async (t) => {
  let runs = 0;
  const done = Promise.withResolvers<void>();
  const coalescer = startCoalescer({
    ...common,
    apply: async () => {
      runs += 1;
      if (runs < 3) throw new Error('not yet');
      done.resolve();
    },
  });
  t.after(() => coalescer[Symbol.asyncDispose]());
  coalescer.trigger();
  await coalescer.settled();
  assert.equal(coalescer.problem, 'not yet');
  await done.promise;
  await coalescer.settled();
  assert.equal(runs, 3);
  assert.equal(coalescer.problem, undefined);
});

test('nothing runs after disposal', async () => {
  let runs = 0;
  const coalescer = startCoalescer({
    ...common,
    apply: async () => {
      runs += 1;
    },
  });
  coalescer.trigger();
  await coalescer[Symbol.asyncDispose]();
  coalescer.trigger();
  await coalescer.settled();
  assert.equal(runs, 0);
});
