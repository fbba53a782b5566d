import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject, Stored } from '@croft/api/object';
import { createFailureEvents } from './failure-events.ts';
import { ReasonedError } from './outcome.ts';

const object: Stored<KubeObject> = {
  apiVersion: 'example.org/v1',
  kind: 'Thing',
  metadata: { name: 'a', uid: 'u', resourceVersion: '1' },
};
const failed = (why: string) => new ReasonedError('FetchFailed', why);

test('a failure keeps its name until a pass succeeds', () => {
  let now = Date.UTC(2026, 0, 1);
  const failures = createFailureEvents({ now: () => now, wait: () => Promise.reject(new Error('no waits here')) });
  const nameOf = (error: Error) => failures.withFailure(object, [], error)[0]?.metadata?.failure;
  assert.equal(nameOf(failed('refused')), 'FetchFailed since 2026-01-01T00:00:00Z');
  now += 60_000;
  assert.equal(nameOf(failed('timed out')), 'FetchFailed since 2026-01-01T00:00:00Z');
  assert.equal(nameOf(new ReasonedError('URLInvalid', 'x')), 'URLInvalid since 2026-01-01T00:00:00Z');
  failures.ended(object);
  assert.equal(nameOf(failed('refused')), 'FetchFailed since 2026-01-01T00:01:00Z');
});

test('what is told already, and what has a name of its own, stays as it is', () => {
  const failures = createFailureEvents({ now: () => 0, wait: () => Promise.reject(new Error('no waits here')) });
  const own = { type: 'Warning', reason: 'Failed', message: 'm', metadata: { failure: 'mine' } } as const;
  const fine = { type: 'Normal', reason: 'Done', message: 'n' } as const;
  const [first, second, third] = failures.withFailure(object, [own, fine], failed('f'), { failure: 'also mine' });
  assert.deepEqual([first, second, third?.metadata], [own, fine, { failure: 'also mine' }]);
});
