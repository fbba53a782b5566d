import { createPrivateKey, randomUUID, sign, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAuthority, type KeyAndCertificate } from '@croft/foundation/certificates';

export interface TokenService extends AsyncDisposable {
  realm: string;
  service: string;
  issuer: string;
  authority: KeyAndCertificate;
  /** The scopes that tokens were given for. */
  granted: string[];
}

/** A token service as Docker's registries name in their challenges: pulling is free, pushing is for one user. */
export async function startTokenService(username: string, password: string): Promise<TokenService> {
  const authority = createAuthority('test tokens', Date.now());
  const granted: string[] = [];
  const expected = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const server = createServer((request, response) => {
    const { authorization } = request.headers;
    const scope = readScope(request);
    if (authorization !== undefined && authorization !== expected) {
      response.writeHead(401).end('{"details":"incorrect username or password"}');
      return;
    }
    const actions = scope.actions.filter((action) => action === 'pull' || authorization === expected);
    granted.push(`${scope.name}:${actions.join(',')}`);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ token: makeToken(authority, { ...scope, actions }) }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    realm: `http://127.0.0.1:${port}/token`,
    service: 'test-registry',
    issuer: 'test-issuer',
    authority,
    granted,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Scope {
  name: string;
  actions: string[];
}

function readScope(request: IncomingMessage): Scope {
  const [, name = '', actions = ''] = (new URL(request.url ?? '', 'http://t').searchParams.get('scope') ?? '').split(
    ':',
  );
  return { name, actions: actions.split(',') };
}

function makeToken(authority: KeyAndCertificate, { name, actions }: Scope): string {
  const now = Math.floor(Date.now() / 1000);
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const x5c = [new X509Certificate(authority.certificate).raw.toString('base64')];
  const claims = {
    iss: 'test-issuer',
    aud: 'test-registry',
    sub: '',
    jti: randomUUID(),
    iat: now,
    nbf: now - 10,
    exp: now + 300,
    access: [{ type: 'repository', name, actions }],
  };
  const signed = `${encode({ typ: 'JWT', alg: 'ES256', x5c })}.${encode(claims)}`;
  const key = createPrivateKey(authority.key);
  const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}
