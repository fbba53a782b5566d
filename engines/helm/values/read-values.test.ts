import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readValues } from './read-values.ts';

test('an index that is not closed fails in Helm 3 and ends the expression in Helm 4', async () => {
  const sources = { set: ['first=1,list[0'] };
  await assert.rejects(readValues(sources), { message: 'failed parsing --set data: error parsing index: EOF' });
  assert.deepEqual([...(await readValues(sources, undefined, 4)).keys()], ['first']);
});
