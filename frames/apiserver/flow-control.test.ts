import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '@croft/foundation/clock';
import { FlowControl } from './flow-control.ts';
import { startTestServer } from './test-server.ts';

const limits = { atOnce: 2, waiting: 3, waitMs: 60_000 };
const user = (name: string) => ({ name, groups: [] });

test('one user who asks for much does not keep others from their turn', async () => {
  const flow = new FlowControl(systemClock, limits);
  const places = [flow.enter(user('greedy')), flow.enter(user('greedy'))] as Disposable[];
  const order: string[] = [];
  const enter = async (name: string) => {
    using _place = await flow.enter(user(name));
    order.push(name);
  };
  const waiting = ['greedy', 'greedy', 'greedy', 'modest'].map(enter);
  assert.equal(flow.waiting, 4);
  await assert.rejects(async () => await flow.enter(user('greedy')), /too many requests/);
  for (const place of places) place[Symbol.dispose]();
  await Promise.all(waiting);
  assert.deepEqual(order, ['greedy', 'modest', 'greedy', 'greedy']);
  assert.deepEqual([flow.inFlight, flow.waiting], [0, 0]);
});

test('administrators do not wait', async () => {
  const flow = new FlowControl(systemClock, { ...limits, atOnce: 0, waiting: 0 });
  using _place = await flow.enter({ name: 'admin', groups: ['system:masters'] });
  assert.equal(flow.inFlight, 0);
});

test('a request that finds no place is told when to try again', async () => {
  const tokens = [{ token: 't', user: 'someone' }];
  await using server = await startTestServer({ tokens, flowLimits: { ...limits, atOnce: 0, waiting: 0 } });
  const answer = await server.call('GET', '/version', undefined, { authorization: 'Bearer t' });
  assert.equal(answer.status, 429);
  assert.equal(answer.headers.get('retry-after'), '1');
  const metrics = String((await server.call('GET', '/metrics')).body);
  assert.match(metrics, /^apiserver_dropped_requests_total 1$/m);
});
