import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { selfSigned, signedBy } from './certificate.ts';
import { generateKeyPem, parseKeyPem } from './keys.ts';

const request = { commonName: 'a.test', ips: ['10.0.0.9', '::1'], dnsNames: ['a.test'], days: 2, isAuthority: false };

for (const kind of ['ecdsa', 'ed25519']) {
  test(`an authority with an ${kind} key signs a certificate that verifies`, () => {
    const key = parseKeyPem(generateKeyPem(kind));
    const authority = selfSigned(
      { ...request, commonName: 'ca', ips: [], dnsNames: [], isAuthority: true },
      key,
      Date.now(),
    );
    const pair = signedBy(authority, request, parseKeyPem(generateKeyPem(kind)), Date.now());
    const certificate = new X509Certificate(pair.cert);
    const issuer = new X509Certificate(authority.cert);
    assert.ok(issuer.ca);
    assert.ok(certificate.checkIssued(issuer));
    assert.ok(certificate.verify(issuer.publicKey));
    assert.equal(certificate.checkHost('a.test'), 'a.test');
    assert.equal(certificate.checkIP('10.0.0.9'), '10.0.0.9');
    assert.ok(certificate.checkPrivateKey(parseKeyPem(pair.key)));
  });
}

test('a key that is none is refused', () => {
  assert.throws(() => parseKeyPem('junk'), { message: 'no PEM data in input' });
});
