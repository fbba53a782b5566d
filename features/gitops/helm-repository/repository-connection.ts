import type { Client } from '@croft/client/client';
import type { Connection } from '@croft/repository/http/connection';
import { passwordOf, readConnection, refuseProvider, tlsOf } from '../artifact/connection.ts';
import { readSecretFields } from '../artifact/secret-fields.ts';
import type { HelmRepositorySpec } from './types.ts';

/** How a chart repository over HTTP is reached, with what its Secrets hold. Throws ReasonedError. */
export async function readRepositoryConnection(
  client: Client,
  namespace: string | undefined,
  spec: HelmRepositorySpec,
  signal: AbortSignal,
): Promise<Connection> {
  refuseProvider(spec.provider);
  const connection = await readConnection(client, namespace, spec, signal);
  const passCredentials = spec.passCredentials ?? false;
  if (spec.secretRef === undefined) return { ...connection, passCredentials };
  const secret = await readSecretFields(client, namespace, spec.secretRef, 'secretRef');
  const tls = connection.tls ?? tlsOf(secret);
  return { ...connection, passCredentials, credentials: passwordOf(secret), ...(tls === undefined ? {} : { tls }) };
}
