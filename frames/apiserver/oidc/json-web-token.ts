import { constants, createPublicKey, type JsonWebKey, type KeyObject, type SigningOptions, verify } from 'node:crypto';
import { isJsonObject } from '@croft/foundation/json';

/** A signed JSON Web Token (RFC 7515, RFC 7519), not verified yet. */
export interface Token {
  readonly algorithm: string;
  readonly keyId: string | undefined;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly signed: string;
  readonly signature: Buffer;
}

/** Undefined for what is no such token. */
export function parseToken(text: string): Token | undefined {
  const [header = '', body = '', signature = '', ...more] = text.split('.');
  const head = decode(header);
  const claims = decode(body);
  if (head === undefined || claims === undefined || signature === '' || more.length > 0) return undefined;
  return {
    algorithm: String(head.alg ?? ''),
    keyId: typeof head.kid === 'string' ? head.kid : undefined,
    claims,
    signed: `${header}.${body}`,
    signature: Buffer.from(signature, 'base64url'),
  };
}

function decode(part: string): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as unknown;
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A key of a JSON Web Key Set. */
export interface VerifyingKey {
  readonly id: string | undefined;
  readonly key: KeyObject;
}

/** The keys that signatures can be verified with; others are left out. */
export function parseKeySet(value: unknown): VerifyingKey[] {
  const keys = isJsonObject(value) && Array.isArray(value.keys) ? value.keys : [];
  return keys.flatMap((key): VerifyingKey[] => {
    if (!isJsonObject(key) || (key.use !== undefined && key.use !== 'sig')) return [];
    if (key.kty !== 'RSA' && key.kty !== 'EC') return [];
    try {
      const id = typeof key.kid === 'string' ? key.kid : undefined;
      return [{ id, key: createPublicKey({ key: key as JsonWebKey, format: 'jwk' }) }];
    } catch {
      return [];
    }
  });
}

interface Algorithm {
  readonly hash: string;
  readonly type: string;
  readonly options?: SigningOptions & { dsaEncoding?: 'ieee-p1363' };
}

const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
const algorithms: Readonly<Record<string, Algorithm>> = Object.fromEntries(
  ['256', '384', '512'].flatMap((bits): [string, Algorithm][] => [
    [`RS${bits}`, { hash: `sha${bits}`, type: 'rsa' }],
    [`PS${bits}`, { hash: `sha${bits}`, type: 'rsa', options: pss }],
    [`ES${bits}`, { hash: `sha${bits}`, type: 'ec', options: { dsaEncoding: 'ieee-p1363' } }],
  ]),
);

/** Whether one of the keys made the signature. */
export function isSignedBy({ algorithm, keyId, signed, signature }: Token, keys: readonly VerifyingKey[]): boolean {
  const known = Object.hasOwn(algorithms, algorithm) ? algorithms[algorithm] : undefined;
  if (known === undefined) return false;
  const { hash, type, options = {} } = known;
  return keys.some(({ id, key }) => {
    if (key.asymmetricKeyType !== type || (keyId !== undefined && id !== undefined && id !== keyId)) return false;
    return verify(hash, Buffer.from(signed), { key, ...options }, signature);
  });
}
