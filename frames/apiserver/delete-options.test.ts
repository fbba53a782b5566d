import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestServer } from './test-server.ts';

const path = '/api/v1/namespaces/default/configmaps';

test('options of a deletion that cannot be meant are refused, and nothing is deleted', async () => {
  await using server = await startTestServer();
  await server.call('POST', path, { metadata: { name: 'one' } });
  const unmarshal = 'json: cannot unmarshal';
  const refused: [object, string][] = [
    [{ kind: 'Foo', apiVersion: 'v1' }, 'no kind "Foo" is registered for DeleteOptions'],
    [
      { gracePeriodSeconds: '0' },
      `${unmarshal} string into Go struct field DeleteOptions.gracePeriodSeconds of type int64`,
    ],
    [
      { gracePeriodSeconds: 1.5 },
      `${unmarshal} number 1.5 into Go struct field DeleteOptions.gracePeriodSeconds of type int64`,
    ],
    [{ dryRun: 'All' }, `${unmarshal} string into Go struct field DeleteOptions.dryRun of type []string`],
    [
      { orphanDependents: 'no' },
      `${unmarshal} string into Go struct field DeleteOptions.orphanDependents of type bool`,
    ],
  ];
  for (const [options, message] of refused) {
    const answer = await server.call('DELETE', `${path}/one`, options);
    assert.equal(answer.status, 400);
    assert.equal((answer.body as { message: string }).message, message);
  }
  assert.equal((await server.call('GET', `${path}/one`)).status, 200);
});

test('a field of the options that is null is as if it were absent', async () => {
  await using server = await startTestServer();
  await server.call('POST', path, { metadata: { name: 'one' } });
  const options = { propagationPolicy: null, preconditions: null, gracePeriodSeconds: null };
  assert.equal((await server.call('DELETE', `${path}/one`, options)).status, 200);
});
