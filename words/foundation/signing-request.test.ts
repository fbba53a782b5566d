import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createAuthority, signRequest } from './certificates.ts';
import { run } from './process.ts';
import { parseSigningRequest } from './signing-request.ts';

const keys = { rsa: ['rsa:2048'], ec: ['ec', '-pkeyopt', 'ec_paramgen_curve:P-384'], ed25519: ['ed25519'] };

async function requestOf(kind: keyof typeof keys, ...more: string[]): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'request-'));
  try {
    const [newKey = '', ...options] = keys[kind];
    const files = ['-keyout', join(dir, 'key'), '-out', join(dir, 'request')];
    const subject = ['-subj', '/CN=alice/O=devs/O=ops'];
    await run('openssl', ['req', '-new', '-nodes', '-newkey', newKey, ...options, ...files, ...subject, ...more], {
      timeoutMs: 20_000,
    });
    return await readFile(join(dir, 'request'), 'utf8');
  } finally {
    await rm(dir, { recursive: true });
  }
}

const nowMs = Date.parse('2030-06-01T00:00:00Z');
const hour = { nowMs, seconds: 3600, usages: ['client auth', 'digital signature'] };

for (const kind of Object.keys(keys) as (keyof typeof keys)[]) {
  test(`a request with a key of ${kind} becomes a certificate for it`, async () => {
    const request = parseSigningRequest(await requestOf(kind));
    assert.deepEqual([request.commonName, request.organizations], ['alice', ['devs', 'ops']]);
    const authority = createAuthority('here', nowMs);
    const certificate = new X509Certificate(signRequest(authority, request, hour));
    const issuer = new X509Certificate(authority.certificate);
    assert.ok(certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey));
    assert.equal(certificate.subject, 'CN=alice\nO=devs\nO=ops');
    assert.ok(certificate.publicKey.equals(request.publicKey));
    assert.equal(Date.parse(certificate.validTo), nowMs + 3_600_000);
    assert.deepEqual(certificate.keyUsage, ['1.3.6.1.5.5.7.3.2']);
  });
}

test('the names of a server go along; no certificate outlives its authority', async () => {
  const request = parseSigningRequest(await requestOf('ec', '-addext', 'subjectAltName=DNS:web.example.org'));
  const authority = createAuthority('here', nowMs);
  const certificate = new X509Certificate(signRequest(authority, request, { ...hour, seconds: 1e9 }));
  assert.equal(certificate.subjectAltName, 'DNS:web.example.org');
  assert.equal(certificate.validTo, new X509Certificate(authority.certificate).validTo);
});

test('what is no request, or was changed after it was signed, is refused', async () => {
  assert.throws(() => parseSigningRequest('no request'), /CERTIFICATE REQUEST/);
  const pem = await requestOf('ec');
  const bytes = Buffer.from(pem.replace(/-----.*-----/g, ''), 'base64');
  bytes[bytes.indexOf('alice')] = 'A'.charCodeAt(0);
  const changed = `-----BEGIN CERTIFICATE REQUEST-----\n${bytes.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;
  assert.throws(() => parseSigningRequest(changed), /not by its key/);
  assert.throws(() => parseSigningRequest(pem.replace(/\n.{64}\n/, '\nMIIB\n')));
});
