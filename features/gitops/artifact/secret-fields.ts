import { secrets } from '@croft/api/kinds';
import type { Client } from '@croft/client/client';
import { ReasonedError } from '@croft/controller/outcome';
import type { TlsOptions } from '@croft/repository/http/connection';

/** The keys of a Secret as text; undefined for a key that it has not or that is empty. */
export interface SecretFields {
  /** `namespace/name`. */
  readonly name: string;
  readonly keys: readonly string[];
  get(key: string): string | undefined;
}

/** Reads a Secret that a field of a source names. Throws ReasonedError when there is none. */
export async function readSecretFields(
  client: Client,
  namespace: string | undefined,
  reference: { name: string },
  field: string,
): Promise<SecretFields> {
  const name = `${namespace}/${reference.name}`;
  const secret = await client.find(secrets, { namespace, name: reference.name });
  if (secret === undefined)
    throw new ReasonedError(
      'AuthenticationFailed',
      `the Secret ${name} named in spec.${field} does not exist: create it`,
    );
  const data = secret.data ?? {};
  return {
    name,
    keys: Object.keys(data).sort(),
    get: (key) => Buffer.from(data[key] ?? '', 'base64').toString('utf8') || undefined,
  };
}

/** The proxy that such a Secret holds (`address`, `username`, `password`), as a URL. Throws ReasonedError. */
export function proxyUrlOf(secret: SecretFields): string {
  const address = secret.get('address') ?? '';
  if (!URL.canParse(address) || !/^(https?|socks5):/.test(address))
    throw new ReasonedError(
      'AuthenticationFailed',
      `the Secret ${secret.name} needs the key address: the URL of a proxy with http, https or socks5`,
    );
  const url = new URL(address);
  url.username = encodeURIComponent(secret.get('username') ?? '');
  url.password = encodeURIComponent(secret.get('password') ?? '');
  return url.href;
}

/** The certificates that a Secret of `certSecretRef` holds, under Flux's names or its older ones. Throws ReasonedError. */
export function tlsOptionsOf(secret: SecretFields): TlsOptions {
  const ca = secret.get('ca.crt') ?? secret.get('caFile');
  const cert = secret.get('tls.crt') ?? secret.get('certFile');
  const key = secret.get('tls.key') ?? secret.get('keyFile');
  if ((cert === undefined) !== (key === undefined))
    throw new ReasonedError(
      'AuthenticationFailed',
      `the Secret ${secret.name} needs both tls.crt and tls.key, or neither`,
    );
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined || key === undefined ? {} : { cert, key }),
  };
}
