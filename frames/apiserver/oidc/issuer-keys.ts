import { request } from 'node:https';
import type { Clock } from '@croft/foundation/clock';
import { isJsonObject } from '@croft/foundation/json';
import { parseKeySet, type VerifyingKey } from './json-web-token.ts';

/** The keys of an issuer, fetched at first need and again for a key that is not known. */
export interface IssuerKeys {
  /** `isKnown` says whether the keys do; when they do not they are fetched again, at most so often. Throws Error. */
  find(isKnown: (keys: readonly VerifyingKey[]) => boolean): Promise<readonly VerifyingKey[]>;
}

const refetchMs = 10_000;
const timeoutMs = 10_000;
const mostBytes = 1024 * 1024;

/** `ca` is PEM of the authorities to trust; the system's when left out. */
export function createIssuerKeys(issuer: string, ca: string | undefined, clock: Clock): IssuerKeys {
  let keys: readonly VerifyingKey[] = [];
  let fetchedMs = Number.NEGATIVE_INFINITY;
  let fetching: Promise<void> | undefined;
  const refetch = async () => {
    fetchedMs = clock.now();
    keys = await fetchKeys(issuer, ca);
  };
  return {
    find: async (isKnown) => {
      if (isKnown(keys)) return keys;
      if (fetching === undefined && clock.now() - fetchedMs < refetchMs) return keys;
      fetching ??= refetch().finally(() => {
        fetching = undefined;
      });
      await fetching;
      return keys;
    },
  };
}

/** OpenID Connect Discovery 1.0, section 4. */
async function fetchKeys(issuer: string, ca: string | undefined): Promise<VerifyingKey[]> {
  const discovery = await fetchJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, ca);
  if (!isJsonObject(discovery) || discovery.issuer !== issuer) {
    throw new Error(`the discovery document of ${issuer} names another issuer`);
  }
  if (typeof discovery.jwks_uri !== 'string') throw new Error(`the discovery document of ${issuer} has no jwks_uri`);
  return parseKeySet(await fetchJson(discovery.jwks_uri, ca));
}

function fetchJson(url: string, ca: string | undefined): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const options = { agent: false, signal: AbortSignal.timeout(timeoutMs), ...(ca === undefined ? {} : { ca }) };
    const outgoing = request(url, options, (incoming) => {
      const chunks: Buffer[] = [];
      let size = 0;
      incoming.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > mostBytes) outgoing.destroy(new Error(`${url} answers with too much`));
        else chunks.push(chunk);
      });
      incoming.on('error', reject);
      incoming.on('end', () => {
        if (incoming.statusCode !== 200) return reject(new Error(`${url} answers with ${incoming.statusCode}`));
        try {
          resolve(JSON.parse(Buffer.concat(chunks).toString('utf8')));
        } catch {
          reject(new Error(`${url} does not answer with JSON`));
        }
      });
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}
