import { secrets, serviceAccounts } from '@croft/api/kinds';
import type { Client } from '@croft/client/client';
import { ReasonedError } from '@croft/controller/outcome';
import { errorMessage } from '@croft/foundation/errors';
import type { RegistryCredentials } from '@croft/repository/oci/authorize';
import { findCredentials, parseDockerConfig } from '@croft/repository/oci/docker-config';
import { openRegistry, type Registry } from '@croft/repository/oci/registry';
import { type ReachedBy, readConnection, refuseProvider } from '../artifact/connection.ts';
import { readSecretFields, type SecretFields } from '../artifact/secret-fields.ts';
import type { LocalReference } from '../types.ts';

/** The fields of a spec that say how its registry is reached. */
export interface RegistryReachedBy extends ReachedBy {
  insecure?: boolean;
  secretRef?: LocalReference;
  serviceAccountName?: string;
}

/** Opens the registry with the credentials that Secrets of the type kubernetes.io/dockerconfigjson hold. Throws ReasonedError. */
export async function openSourceRegistry(
  client: Client,
  namespace: string | undefined,
  host: string,
  spec: RegistryReachedBy,
  signal: AbortSignal,
): Promise<Registry> {
  refuseProvider(spec.provider);
  const connection = await readConnection(client, namespace, spec, signal);
  const own = spec.secretRef && (await readSecretFields(client, namespace, spec.secretRef, 'secretRef'));
  const ofAccount = await readPullSecrets(client, namespace, spec.serviceAccountName);
  const all = [...(own === undefined ? [] : [own]), ...ofAccount];
  const credentials = all.map((secret) => findIn(secret, host)).find((found) => found !== undefined);
  return openRegistry(host, {
    ...connection,
    credentials,
    ...(spec.insecure ? { plainHttp: true } : {}),
  });
}

function findIn(secret: SecretFields, host: string): RegistryCredentials | undefined {
  const text = secret.get('.dockerconfigjson');
  if (text === undefined) {
    const [username, password] = [secret.get('username'), secret.get('password')];
    if (username !== undefined && password !== undefined) return { username, password };
    throw new ReasonedError('AuthenticationFailed', `the Secret ${secret.name} needs the key .dockerconfigjson`);
  }
  try {
    return findCredentials(parseDockerConfig(text, `the key .dockerconfigjson of the Secret ${secret.name}`), host);
  } catch (error) {
    throw new ReasonedError('AuthenticationFailed', errorMessage(error), { cause: error });
  }
}

async function readPullSecrets(
  client: Client,
  namespace: string | undefined,
  name: string | undefined,
): Promise<SecretFields[]> {
  if (name === undefined || name === '') return [];
  const account = await client.find(serviceAccounts, { namespace, name });
  if (account === undefined)
    throw new ReasonedError(
      'AuthenticationFailed',
      `the ServiceAccount ${namespace}/${name} does not exist: create it`,
    );
  const names = (account.imagePullSecrets ?? []).map((reference) => reference.name ?? '');
  const present = await Promise.all(names.map((secret) => client.find(secrets, { namespace, name: secret })));
  return await Promise.all(
    names
      .filter((_, index) => present[index] !== undefined)
      .map((secret) => readSecretFields(client, namespace, { name: secret }, 'serviceAccountName')),
  );
}
