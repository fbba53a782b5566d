import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDerived } from './derived.ts';

test('a result is made once, a failure is made anew, and what was asked for longest ago goes', async () => {
  const derived = createDerived();
  let made = 0;
  const make = async () => ++made;
  assert.deepEqual([await derived.get('index', 'a', 'x', make), await derived.get('index', 'a', 'x', make)], [1, 1]);
  await assert.rejects(
    derived.get('index', 'b', 'x', () => Promise.reject(new Error('no'))),
    /no/,
  );
  assert.equal(await derived.get('index', 'b', 'x', make), 2);
  assert.equal(await derived.get('index', 'a', 'x', make), 1);
  assert.equal(await derived.get('index', 'a', 'y', make), 3);
  assert.deepEqual([await derived.get('index', 'a', 'x', make), await derived.get('index', 'b', 'x', make)], [1, 4]);
});
