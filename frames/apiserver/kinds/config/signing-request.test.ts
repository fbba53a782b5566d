import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestServer } from '../../test-server.ts';

const path = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
const merge = { 'content-type': 'application/merge-patch+json' };
const spec = { signerName: 'example.org/one', request: 'eA==', usages: ['client auth'] };

interface SigningRequest {
  spec: { username?: string; signerName?: string };
  status?: { conditions?: { type: string }[]; certificate?: string };
}

test('a signing request tells who made it, whatever its maker says', async () => {
  await using server = await startTestServer();
  const impersonate = { 'impersonate-user': 'someone', 'impersonate-group': 'system:masters' };
  const sent = { metadata: { name: 'one' }, spec: { ...spec, username: 'another', groups: ['all'] } };
  const { body } = await server.call('POST', path, sent, impersonate);
  assert.deepEqual((body as SigningRequest).spec, {
    ...spec,
    username: 'someone',
    groups: ['system:masters', 'system:authenticated'],
  });
  const found = await server.call('GET', `${path}?fieldSelector=spec.signerName=example.org/other`);
  assert.deepEqual((found.body as { items: unknown[] }).items, []);
});

test('approving a request changes nothing else of it', async () => {
  await using server = await startTestServer();
  await server.call('POST', path, { metadata: { name: 'one' }, spec });
  const approved = { type: 'Approved', status: 'True' };
  const change = { spec: { signerName: 'x.y/z' }, status: { conditions: [approved], certificate: 'eA==' } };
  const { status, body } = await server.call('PATCH', `${path}/one/approval`, change, merge);
  assert.equal(status, 200);
  const { spec: kept, status: told } = body as SigningRequest;
  assert.equal(kept.signerName, spec.signerName);
  assert.deepEqual([told?.conditions?.map(({ type }) => type), told?.certificate], [['Approved'], undefined]);
});
