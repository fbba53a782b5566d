import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { createAuthority, issueCertificate } from '@croft/foundation/certificates';
import { startTestServer } from '../test-server.ts';

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

function makeToken(key: KeyObject, header: object, claims: object): string {
  const signed = `${part({ alg: 'RS256', ...header })}.${part(claims)}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`;
}

/** An issuer that serves its discovery document and keys over TLS. */
async function startIssuer() {
  const nowMs = Date.now();
  const authority = createAuthority('issuer authority', nowMs);
  const leaf = issueCertificate(authority, { commonName: 'issuer', hosts: ['127.0.0.1'], days: 1, nowMs });
  const keys = new Map<string, KeyObject>();
  const addKey = (kid: string) => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    keys.set(kid, publicKey);
    return privateKey;
  };
  let issuer = '';
  const server = createServer({ key: leaf.key, cert: leaf.certificate }, ({ url }, response) => {
    const jwks = [...keys].map(([kid, key]) => ({ ...key.export({ format: 'jwk' }), kid, use: 'sig' }));
    response.end(JSON.stringify(url === '/keys' ? { keys: jwks } : { issuer, jwks_uri: `${issuer}/keys` }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    issuer,
    ca: authority.certificate,
    addKey,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test('tokens of the configured issuer name users and groups; others are refused', async () => {
  await using login = await startIssuer();
  const key = login.addKey('k1');
  const { issuer, ca } = login;
  const oidc = { issuer, ca, clientIds: ['croft'], groupsClaim: 'groups', groupsPrefix: 'oidc:' };
  await using server = await startTestServer({ oidc });
  const ask = async (token: string) => {
    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    const headers = { authorization: `Bearer ${token}` };
    const answer = await server.call('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', review, headers);
    const { status } = answer.body as { status?: { userInfo?: { username: string; groups: string[] } } };
    return answer.status === 201 ? status?.userInfo : answer.status;
  };
  const exp = Math.floor(Date.now() / 1000) + 600;
  const claims = { iss: issuer, aud: 'croft', sub: 'anna', exp, groups: ['staff'] };
  const groups = ['oidc:staff', 'system:authenticated'];
  assert.deepEqual(await ask(makeToken(key, { kid: 'k1' }, claims)), { username: `${issuer}#anna`, groups });
  const refused = [
    makeToken(key, { kid: 'k1' }, { ...claims, aud: 'another' }),
    makeToken(key, { kid: 'k1' }, { ...claims, exp: exp - 3600 }),
    makeToken(key, { kid: 'k1' }, { ...claims, iss: 'https://elsewhere' }),
    makeToken(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey, { kid: 'k1' }, claims),
    `${part({ alg: 'none' })}.${part(claims)}.`,
    makeToken(key, { alg: 'HS256', kid: 'k1' }, claims),
  ];
  for (const token of refused) assert.equal(await ask(token), 401);
});
