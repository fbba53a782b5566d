import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestServer } from '../../test-server.ts';

const path = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
const merge = { 'content-type': 'application/merge-patch+json' };
/** Made once by openssl, for alice. */
const pem = [
  '-----BEGIN CERTIFICATE REQUEST-----',
  'MIGPMEMCAQAwEDEOMAwGA1UEAwwFYWxpY2UwKjAFBgMrZXADIQCh7F18J0oDKPVz',
  'bKevJ+0PME4B/C6ANZT3QeUg9e/c9qAAMAUGAytlcANBABRr3xvTcmyAG248wZPn',
  '0kRGjKuYkSI3f+TG/6wo/ussZaWSgBs4q4+QfHvO+xkBFwlQ5a5DNnLWuyRndPaz',
  'BAU=',
  '-----END CERTIFICATE REQUEST-----',
];
const request = Buffer.from(`${pem.join('\n')}\n`).toString('base64');
const spec = { signerName: 'example.org/one', request, usages: ['client auth'] };

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

test('a request that could never be signed is refused', async () => {
  await using server = await startTestServer();
  const wrong = {
    signerName: 'One/two',
    request: 'eA==',
    usages: ['client auth', 'client auth'],
    expirationSeconds: 5,
  };
  const { status, body } = await server.call('POST', path, { metadata: { name: 'one' }, spec: wrong });
  assert.equal(status, 422);
  const { causes } = (body as { details: { causes: { field: string; message: string }[] } }).details;
  assert.deepEqual(
    causes.map(({ field, message }) => `${field}: ${message.slice(0, 80)}`),
    [
      'spec.request: Invalid value: "eA==": PEM block type must be CERTIFICATE REQUEST',
      'spec.usages[1]: Duplicate value: "client auth"',
      'spec.signerName: Invalid value: "One": validating label "One": a lowercase RFC 1123 label must co',
      'spec.signerName: Invalid value: "One": should be a domain with at least two segments separated by',
      'spec.expirationSeconds: Invalid value: 5: may not specify a duration less than 600 seconds (10 minutes)',
    ],
  );
});

test('what was decided stays, and only a signer sets the certificate', async () => {
  await using server = await startTestServer();
  await server.call('POST', path, { metadata: { name: 'one' }, spec });
  const conditions = (...types: string[]) => ({
    status: { conditions: types.map((type) => ({ type, status: 'True' })) },
  });
  const messageOf = async (subresource: string, change: object) =>
    ((await server.call('PATCH', `${path}/one/${subresource}`, change, merge)).body as { message?: string }).message;
  const about = 'CertificateSigningRequest.certificates.k8s.io "one" is invalid: status';
  assert.equal(
    await messageOf('status', conditions('Approved')),
    `${about}.conditions: Forbidden: updates may not add a condition of type "Approved"`,
  );
  assert.equal(await messageOf('approval', conditions('Approved')), undefined);
  assert.equal(
    await messageOf('approval', conditions('Denied')),
    `${about}.conditions: Forbidden: updates may not remove a condition of type "Approved"`,
  );
  assert.equal(
    await messageOf('status', { status: { certificate: 'eA==' } }),
    `${about}.certificate: Invalid value: "<certificate data>": must contain at least one CERTIFICATE PEM block`,
  );
});
