import type { Client } from '@croft/client/client';
import { ReasonedError, StalledError } from '@croft/controller/outcome';
import type { Connection, Credentials, TlsOptions } from '@croft/repository/http/connection';
import { durationMs } from '../duration.ts';
import type { Duration, LocalReference } from '../types.ts';
import { proxyUrlOf, readSecretFields, type SecretFields } from './secret-fields.ts';
import { defaultSourceTimeoutMs } from './source-controller.ts';

/** The fields of a spec that say how its server is reached. */
export interface ReachedBy {
  timeout?: Duration;
  provider?: string;
  certSecretRef?: LocalReference;
  proxySecretRef?: LocalReference;
}

/** How a source's server is reached, but for its credentials. Throws ReasonedError. */
export async function readConnection(
  client: Client,
  namespace: string | undefined,
  { timeout, certSecretRef, proxySecretRef }: ReachedBy,
  signal: AbortSignal,
): Promise<Connection> {
  const read = (reference: LocalReference, field: string) => readSecretFields(client, namespace, reference, field);
  const proxy = proxySecretRef && proxyUrlOf(await read(proxySecretRef, 'proxySecretRef'));
  const tls = certSecretRef && tlsOf(await read(certSecretRef, 'certSecretRef'));
  return {
    timeoutMs: durationMs(timeout, defaultSourceTimeoutMs),
    signal,
    proxyEnv: proxy === undefined ? process.env : { HTTP_PROXY: proxy, HTTPS_PROXY: proxy },
    ...(tls === undefined ? {} : { tls }),
  };
}

/** The certificates in a Secret, under their names or the older ones; undefined when it has none. Throws ReasonedError. */
export function tlsOf(secret: SecretFields): TlsOptions | undefined {
  const [ca, cert, key] = [
    secret.get('ca.crt') ?? secret.get('caFile'),
    secret.get('tls.crt') ?? secret.get('certFile'),
    secret.get('tls.key') ?? secret.get('keyFile'),
  ];
  if ((cert === undefined) !== (key === undefined))
    throw new ReasonedError('AuthenticationFailed', `the Secret ${secret.name} needs tls.crt and tls.key together`);
  if (ca === undefined && cert === undefined) return undefined;
  return { ...(ca === undefined ? {} : { ca }), ...(cert === undefined || key === undefined ? {} : { cert, key }) };
}

/** User and password in a Secret; undefined when it has neither. Throws ReasonedError when it has one of them. */
export function passwordOf(secret: SecretFields): Credentials | undefined {
  const [username, password] = [secret.get('username'), secret.get('password')];
  if (username === undefined && password === undefined) return undefined;
  if (username === undefined || password === undefined)
    throw new ReasonedError('AuthenticationFailed', `the Secret ${secret.name} needs username and password together`);
  return { username, password };
}

/** Logins of clouds are not had here: a source that asks for one is told what to do instead. */
export function refuseProvider(provider: string | undefined, ...supported: readonly string[]): void {
  if (provider === undefined || provider === 'generic' || supported.includes(provider)) return;
  throw new StalledError(
    'InvalidProviderConfiguration',
    `spec.provider "${provider}" is not supported: use ${['generic', ...supported].join(' or ')}, with a Secret in spec.secretRef`,
  );
}
