import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileCondition } from './condition.ts';

test('a condition sees the fields of an object as variables', () => {
  const isReady = compileCondition("status.conditions.exists(c, c.type == 'Ready' && c.status == 'True')");
  assert.equal(isReady({ status: { conditions: [{ type: 'Ready', status: 'True' }] } }), true);
  assert.equal(isReady({ status: { conditions: [] } }), false);
  assert.equal(compileCondition("metadata.name.matches('^a+b$')")({ metadata: { name: 'aab' } }), true);
  const isSeen = compileCondition('has(status.observedGeneration) && status.observedGeneration == metadata.generation');
  assert.equal(isSeen({ metadata: { generation: 2 }, status: { observedGeneration: 2 } }), true);
  assert.equal(isSeen({ metadata: { generation: 2 }, status: {} }), false);
  assert.equal(
    compileCondition('dep.spec.replicas > self.data.size()')({ self: { data: [1] }, dep: { spec: { replicas: 2 } } }),
    true,
  );
});

test('what is no condition is said', () => {
  assert.throws(() => compileCondition('status.('), /the CEL expression 'status\.\(' cannot be read/);
  assert.throws(() => compileCondition('status.phase')({ status: { phase: 'x' } }), /gives string, not true or false/);
  assert.throws(() => compileCondition('status.a.b == 1')({ status: {} }), /'status\.a\.b == 1' failed/);
});
