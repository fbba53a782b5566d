import { createHash, timingSafeEqual } from 'node:crypto';
import type { ApiRequest, CertificateSubject } from './request.ts';
import { anonymous, type User } from './user.ts';

export interface StaticToken {
  readonly token: string;
  readonly user: string;
  readonly uid?: string;
  readonly groups?: readonly string[];
}

/** One way to find out who holds a bearer token; undefined when it does not know the token. */
export type TokenAuthenticator = (token: string) => Promise<User | undefined> | User | undefined;

/** Everyone known is of this group. */
export function authenticated(user: User): User {
  const group = 'system:authenticated';
  return user.groups.includes(group) ? user : { ...user, groups: [...user.groups, group] };
}

/** Client certificate, bearer token, nothing: in that order. Undefined when a token is shown that nobody knows. */
export function createAuthenticate(authenticators: readonly TokenAuthenticator[]) {
  return async (request: ApiRequest): Promise<User | undefined> => {
    const { certificate } = request;
    if (certificate !== undefined) {
      return authenticated(certificateUser(certificate));
    }
    const token = bearerToken(request);
    if (token === undefined) return anonymous;
    return await authenticateToken(authenticators, token);
  };
}

function certificateUser({ commonName, organizations, fingerprint }: CertificateSubject): User {
  const user = { name: commonName, groups: organizations };
  if (fingerprint === undefined) return user;
  return { ...user, extra: { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${fingerprint}`] } };
}

export async function authenticateToken(
  authenticators: readonly TokenAuthenticator[],
  token: string,
): Promise<User | undefined> {
  for (const authenticator of authenticators) {
    const user = await authenticator(token);
    if (user !== undefined) return authenticated(user);
  }
  return undefined;
}

export function createStaticTokens(tokens: readonly StaticToken[]): TokenAuthenticator {
  const known = tokens.map(({ token, user, uid, groups = [] }) => ({
    digest: digest(token),
    user: { name: user, groups, ...(uid === undefined ? {} : { uid }) },
  }));
  return (token) => {
    const given = digest(token);
    return known.find((candidate) => timingSafeEqual(candidate.digest, given))?.user;
  };
}

const digest = (token: string): Buffer => createHash('sha256').update(token).digest();

const protocolPrefix = 'base64url.bearer.authorization.k8s.io.';

/** From the Authorization header, or from the WebSocket protocol in which browsers must put it. */
export function bearerToken(request: Pick<ApiRequest, 'header'>): string | undefined {
  const header = request.header('authorization');
  if (header !== undefined) return /^bearer +(\S+)/i.exec(header)?.[1];
  const protocols = request.header('sec-websocket-protocol')?.split(',') ?? [];
  const found = protocols.map((protocol) => protocol.trim()).find((protocol) => protocol.startsWith(protocolPrefix));
  return found === undefined
    ? undefined
    : Buffer.from(found.slice(protocolPrefix.length), 'base64url').toString('utf8');
}
