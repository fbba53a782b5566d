import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestServer } from '../../test-server.ts';

const path = '/apis/events.k8s.io/v1/namespaces/default/events';
const event = {
  metadata: { name: 'e' },
  regarding: { kind: 'Pod', name: 'p', namespace: 'default' },
  eventTime: '2026-01-01T00:00:00.000000Z',
  reportingController: 'x.org/c',
  reportingInstance: 'one',
  action: 'Look',
  reason: 'Seen',
  type: 'Normal',
};

test('an event of the new kind says who saw what, and stays as it is', async () => {
  await using server = await startTestServer();
  const refused = async (fields: object) =>
    ((await server.call('POST', path, { ...event, ...fields })).body as { message: string }).message;
  assert.match(await refused({ eventTime: undefined }), /eventTime: Required value$/);
  assert.match(await refused({ type: 'Odd' }), /type: Invalid value: "": has invalid value: Odd$/);
  assert.match(
    await refused({ action: 'a'.repeat(129) }),
    /action: Invalid value: "": can have at most 128 characters$/,
  );
  assert.match(await refused({ deprecatedCount: 2 }), /count: Invalid value: "": needs to be unset$/);
  assert.equal((await server.call('POST', path, event)).status, 201);
  const merge = { 'content-type': 'application/merge-patch+json' };
  const { body } = await server.call('PATCH', `${path}/e`, { reason: 'Heard' }, merge);
  assert.match((body as { message: string }).message, /reason: Invalid value: "Heard": field is immutable$/);
});
