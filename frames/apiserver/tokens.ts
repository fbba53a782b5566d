import { createPrivateKey, createPublicKey, type KeyObject, randomUUID, sign } from 'node:crypto';
import type { UnknownObject } from '@croft/api/object';
import type { Clock } from '@croft/foundation/clock';
import { isJsonObject } from '@croft/foundation/json';
import type { Lookup } from './kind-rules.ts';
import { isSignedBy, parseToken, type Token } from './oidc/json-web-token.ts';
import { serviceAccountGroups, serviceAccountUserName, type User } from './user.ts';

export interface BoundObject {
  readonly kind: string;
  readonly apiVersion: string;
  readonly name: string;
  readonly uid: string;
}

export interface TokenSpec {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly audiences: readonly string[];
  readonly seconds: number;
  readonly bound?: BoundObject;
}

export interface TokenOptions {
  /** PEM of an EC key on P-256. */
  readonly key: string;
  readonly issuer: string;
  readonly clock: Clock;
  readonly lookup: Lookup;
}

/** What a token says, found to be signed by this server and still good. */
export interface TokenFacts {
  readonly user: User;
  readonly audiences: readonly string[];
}

/** Tokens of service accounts: JWTs signed with ES256 that die with the account, and the Pod they are bound to. */
export class ServiceAccountTokens {
  readonly #key: KeyObject;
  readonly #publicKey: KeyObject;
  readonly #options: TokenOptions;

  constructor(options: TokenOptions) {
    this.#key = createPrivateKey(options.key);
    this.#publicKey = createPublicKey(this.#key);
    this.#options = options;
  }

  /** The key that verifies tokens, without its secret part. */
  publicJwk(): object {
    return this.#publicKey.export({ format: 'jwk' });
  }

  get issuer(): string {
    return this.#options.issuer;
  }

  issue({ namespace, name, uid, audiences, seconds, bound }: TokenSpec): { token: string; expiresAtMs: number } {
    const now = Math.floor(this.#options.clock.now() / 1000);
    const claims = {
      aud: audiences,
      exp: now + seconds,
      iat: now,
      iss: this.#options.issuer,
      jti: randomUUID(),
      'kubernetes.io': {
        namespace,
        ...(bound === undefined ? {} : { [bound.kind.toLowerCase()]: { name: bound.name, uid: bound.uid } }),
        serviceaccount: { name, uid },
      },
      nbf: now,
      sub: serviceAccountUserName(namespace, name),
    };
    const content = `${encode({ alg: 'ES256', typ: 'JWT' })}.${encode(claims)}`;
    const signature = sign('sha256', Buffer.from(content), { key: this.#key, dsaEncoding: 'ieee-p1363' });
    return { token: `${content}.${signature.toString('base64url')}`, expiresAtMs: (now + seconds) * 1000 };
  }

  /** Undefined for what is no token of this server, or one that is not good any more. */
  verify(token: string): TokenFacts | undefined {
    const parsed = parseToken(token);
    if (parsed === undefined || parsed.algorithm !== 'ES256') return undefined;
    return isSignedBy(parsed, [{ id: undefined, key: this.#publicKey }]) ? this.#check(parsed.claims) : undefined;
  }

  #check(claims: Token['claims']): TokenFacts | undefined {
    const { aud, exp, nbf, iss, sub, 'kubernetes.io': own } = claims;
    const now = this.#options.clock.now() / 1000;
    if (iss !== this.#options.issuer || typeof exp !== 'number' || exp <= now) return undefined;
    if (typeof nbf === 'number' && nbf > now + 60) return undefined;
    if (!isJsonObject(own) || !isJsonObject(own.serviceaccount) || typeof own.namespace !== 'string') return undefined;
    const { name, uid } = own.serviceaccount;
    if (typeof name !== 'string' || typeof uid !== 'string' || sub !== serviceAccountUserName(own.namespace, name))
      return undefined;
    if (!this.#stands('serviceaccounts', own.namespace, name, uid)) return undefined;
    const extra: Record<string, string[]> = {};
    if (typeof claims.jti === 'string') extra['authentication.kubernetes.io/credential-id'] = [`JTI=${claims.jti}`];
    for (const [kind, resource] of boundKinds) {
      const bound = own[kind];
      if (!isJsonObject(bound)) continue;
      const { name: boundName, uid: boundUid } = bound;
      if (typeof boundName !== 'string' || typeof boundUid !== 'string') return undefined;
      if (!this.#stands(resource, own.namespace, boundName, boundUid)) return undefined;
      extra[`authentication.kubernetes.io/${kind}-name`] = [boundName];
      extra[`authentication.kubernetes.io/${kind}-uid`] = [boundUid];
    }
    return {
      user: {
        name: serviceAccountUserName(own.namespace, name),
        uid,
        groups: serviceAccountGroups(own.namespace),
        extra,
      },
      audiences: Array.isArray(aud) ? aud.map(String) : [String(aud)],
    };
  }

  #stands(resource: string, namespace: string, name: string, uid: string): boolean {
    const object: UnknownObject | undefined = this.#options.lookup.find(resource, namespace, name);
    return object?.metadata?.uid === uid;
  }
}

const boundKinds = [
  ['pod', 'pods'],
  ['secret', 'secrets'],
] as const;

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
