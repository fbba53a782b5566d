import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withCondition } from './conditions.ts';

test('the transition time moves only when the status changes', () => {
  const first = withCondition(undefined, { type: 'Ready', status: 'False', reason: 'A' }, 0);
  const second = withCondition(first, { type: 'Ready', status: 'False', reason: 'B' }, 5_000);
  const third = withCondition(second, { type: 'Ready', status: 'True', reason: 'C' }, 9_000);
  assert.equal(second[0]?.lastTransitionTime, '1970-01-01T00:00:00Z');
  assert.equal(second[0]?.reason, 'B');
  assert.equal(third[0]?.lastTransitionTime, '1970-01-01T00:00:09Z');
});
