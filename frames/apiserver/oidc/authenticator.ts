import type { Clock } from '@croft/foundation/clock';
import { errorMessage } from '@croft/foundation/errors';
import type { Log } from '@croft/foundation/log';
import type { TokenAuthenticator } from '../authenticate.ts';
import type { User } from '../user.ts';
import { createIssuerKeys } from './issuer-keys.ts';
import { isSignedBy, parseToken, type Token } from './json-web-token.ts';

/** An OpenID Connect issuer whose ID tokens are accepted; the same choices as kube-apiserver's --oidc flags. */
export interface OidcOptions {
  /** `https://login.example.org`: where the discovery document is, and the `iss` of its tokens. */
  readonly issuer: string;
  /** One of these must be in `aud`. */
  readonly clientIds: readonly string[];
  /** `sub` when left out. */
  readonly usernameClaim?: string;
  /** Put before names; `ISSUER#` when left out, but for the claim `email`. `-` puts nothing. */
  readonly usernamePrefix?: string;
  /** Groups are taken from this claim; from none when left out. */
  readonly groupsClaim?: string;
  readonly groupsPrefix?: string;
  /** Claims that a token must have with these values. */
  readonly requiredClaims?: Readonly<Record<string, string>>;
  /** PEM of the authorities to trust for the issuer; the system's when left out. */
  readonly ca?: string;
}

interface Parts {
  readonly clock: Clock;
  readonly log: Log;
}

/** Throws an Error for options that cannot work. */
export function createOidcAuthenticator(options: OidcOptions, { clock, log }: Parts): TokenAuthenticator {
  if (!URL.canParse(options.issuer) || new URL(options.issuer).protocol !== 'https:') {
    throw new Error(`the OIDC issuer must be an https address: ${options.issuer}`);
  }
  if (options.clientIds.length === 0) throw new Error('at least one OIDC client id is needed');
  const keys = createIssuerKeys(options.issuer, options.ca, clock);
  return async (text) => {
    const token = parseToken(text);
    if (token === undefined || token.claims.iss !== options.issuer) return undefined;
    try {
      const found = await keys.find((known) => isSignedBy(token, known));
      if (!isSignedBy(token, found) || !isTimely(token, clock.now() / 1000)) return undefined;
      return userOf(token, options);
    } catch (error) {
      log.warn('tokens of the OIDC issuer cannot be verified', { issuer: options.issuer, error: errorMessage(error) });
      return undefined;
    }
  };
}

function isTimely({ claims: { exp, nbf } }: Token, now: number): boolean {
  return typeof exp === 'number' && exp > now && (typeof nbf !== 'number' || nbf <= now);
}

/** Undefined when the token is for others, or says too little. */
function userOf({ claims }: Token, options: OidcOptions): User | undefined {
  const audiences = Array.isArray(claims.aud) ? claims.aud : [claims.aud];
  if (!options.clientIds.some((id) => audiences.includes(id))) return undefined;
  const required = Object.entries(options.requiredClaims ?? {});
  if (required.some(([claim, value]) => claims[claim] !== value)) return undefined;
  const claim = options.usernameClaim ?? 'sub';
  const name = claims[claim];
  if (typeof name !== 'string' || name === '') return undefined;
  if (claim === 'email' && claims.email_verified !== undefined && claims.email_verified !== true) return undefined;
  return { name: prefixOf(options, claim) + name, groups: groupsOf(claims, options) };
}

function prefixOf({ usernamePrefix, issuer }: OidcOptions, claim: string): string {
  if (usernamePrefix === '-') return '';
  return usernamePrefix ?? (claim === 'email' ? '' : `${issuer}#`);
}

function groupsOf(claims: Token['claims'], { groupsClaim, groupsPrefix = '' }: OidcOptions): string[] {
  const value = groupsClaim === undefined ? undefined : claims[groupsClaim];
  const groups = typeof value === 'string' ? [value] : Array.isArray(value) ? value : [];
  return groups.filter((group) => typeof group === 'string').map((group) => groupsPrefix + group);
}
