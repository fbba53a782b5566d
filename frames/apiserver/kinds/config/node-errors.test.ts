import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestServer } from '../../test-server.ts';

const merge = { 'content-type': 'application/merge-patch+json' };

test('what a node was given once stays, and its taints are whole', async () => {
  await using server = await startTestServer();
  const spec = { podCIDR: '10.1.0.0/24', providerID: 'here' };
  const made = await server.call('POST', '/api/v1/nodes', { metadata: { name: 'one' }, spec });
  assert.deepEqual((made.body as { spec: object }).spec, { ...spec, podCIDRs: ['10.1.0.0/24'] });
  const refused: [object, RegExp][] = [
    [{ podCIDR: '10.2.0.0/24' }, /spec\.podCIDRs: Forbidden: node updates may not change podCIDR/],
    [{ providerID: 'there' }, /spec\.providerID: Forbidden: node updates may not change providerID/],
    [{ taints: [{ key: 'a', effect: 'Never' }] }, /metadata\.taints\[0\]\.effect: Unsupported value: "Never"/],
    [{ taints: [{ key: 'a' }] }, /metadata\.taints\[0\]\.effect: Required value/],
    [
      { taints: [1, 2].map((value) => ({ key: 'a', value: `${value}`, effect: 'NoSchedule' })) },
      /metadata\.taints\[1\]: Duplicate value: .*: taints must be unique by key and effect pair/,
    ],
  ];
  for (const [change, message] of refused) {
    const answer = await server.call('PATCH', '/api/v1/nodes/one', { spec: change }, merge);
    assert.equal(answer.status, 422);
    assert.match((answer.body as { message: string }).message, message);
  }
  const taints = [{ key: 'a', effect: 'NoSchedule' }];
  assert.equal((await server.call('PATCH', '/api/v1/nodes/one', { spec: { taints } }, merge)).status, 200);
});

test('what cannot change on a driver and its class of volumes', async () => {
  await using server = await startTestServer();
  const storage = '/apis/storage.k8s.io/v1';
  const metadata = { name: 'one' };
  await server.call('POST', `${storage}/csidrivers`, { metadata, spec: { attachRequired: true } });
  await server.call('POST', `${storage}/volumeattributesclasses`, {
    metadata,
    driverName: 'a.example',
    parameters: { a: 'b' },
  });
  const change = async (path: string, body: object) => {
    const { status, body: answer } = await server.call('PATCH', `${storage}/${path}/one`, body, merge);
    return status === 200 ? '' : (answer as { message: string }).message;
  };
  assert.match(await change('csidrivers', { spec: { attachRequired: false } }), /field is immutable/);
  assert.match(await change('csidrivers', { spec: { fsGroupPolicy: 'Some' } }), /Unsupported value: "Some"/);
  assert.equal(await change('csidrivers', { spec: { fsGroupPolicy: 'File' } }), '');
  assert.match(
    await change('volumeattributesclasses', { parameters: { a: 'c' } }),
    /updates to parameters are forbidden/,
  );
});
