import type { Call } from './handle.ts';
import type { ApiResponse } from './request.ts';
import type { ServiceAccountTokens } from './tokens.ts';

/** How others verify service account tokens (OpenID Connect discovery); undefined for other paths. */
export function respondIssuerPage({ info }: Call, tokens: ServiceAccountTokens): ApiResponse | undefined {
  const path = info.path.replace(/\/$/, '');
  if (path === '/.well-known/openid-configuration') {
    return json('application/json', {
      issuer: tokens.issuer,
      jwks_uri: `${tokens.issuer}/openid/v1/jwks`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
    });
  }
  if (path !== '/openid/v1/jwks') return undefined;
  return json('application/jwk-set+json', { keys: [{ use: 'sig', alg: 'ES256', ...tokens.publicJwk() }] });
}

function json(type: string, value: unknown): ApiResponse {
  return { status: 200, headers: { 'content-type': type }, body: JSON.stringify(value) };
}
