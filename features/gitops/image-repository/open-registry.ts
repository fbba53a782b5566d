import { serviceAccounts } from '@croft/api/kinds';
import type { Client } from '@croft/client/client';
import { ReasonedError, StalledError } from '@croft/controller/outcome';
import { errorMessage } from '@croft/foundation/errors';
import type { RegistryCredentials } from '@croft/repository/oci/authorize';
import { findCredentials, parseDockerConfig } from '@croft/repository/oci/docker-config';
import { openRegistry, type Registry } from '@croft/repository/oci/registry';
import { proxyUrlOf, readSecretFields, tlsOptionsOf } from '../artifact/secret-fields.ts';
import type { ImageName } from './image-name.ts';
import type { ImageRepositorySpec } from './types.ts';

export interface ImageRegistryOptions {
  client: Client;
  namespace: string | undefined;
  spec: ImageRepositorySpec;
  timeoutMs: number;
  signal: AbortSignal;
}

/** The registry of an image, reached as the ImageRepository says. Throws ReasonedError and StalledError. */
export async function openImageRegistry({ host }: ImageName, options: ImageRegistryOptions): Promise<Registry> {
  const { client, namespace, spec, timeoutMs, signal } = options;
  if ((spec.provider ?? 'generic') !== 'generic')
    throw new StalledError('AuthenticationFailed', `the provider ${spec.provider} is not supported here: use generic`);
  const { certSecretRef, proxySecretRef } = spec;
  const certificates = certSecretRef && (await readSecretFields(client, namespace, certSecretRef, 'certSecretRef'));
  const proxy =
    proxySecretRef && proxyUrlOf(await readSecretFields(client, namespace, proxySecretRef, 'proxySecretRef'));
  return openRegistry(host, {
    credentials: await findPullCredentials(options, host),
    plainHttp: spec.insecure === true,
    tls: certificates && tlsOptionsOf(certificates),
    timeoutMs,
    signal,
    proxyEnv: proxy === undefined ? undefined : { http_proxy: proxy, https_proxy: proxy },
  });
}

/** Of the Secret that the spec names, then of those that its service account pulls with. */
async function findPullCredentials(
  { client, namespace, spec }: ImageRegistryOptions,
  host: string,
): Promise<RegistryCredentials | undefined> {
  const names = [spec.secretRef, ...(await pullSecretsOf(client, namespace, spec.serviceAccountName))];
  for (const reference of names) {
    if (reference === undefined) continue;
    const fields = await readSecretFields(client, namespace, reference, 'secretRef');
    const text = fields.get('.dockerconfigjson');
    if (text === undefined)
      throw new ReasonedError(
        'AuthenticationFailed',
        `the Secret ${fields.name} needs the key .dockerconfigjson: make it with kubectl create secret docker-registry`,
      );
    const found = findCredentials(parseConfig(text, fields.name), host);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function pullSecretsOf(
  client: Client,
  namespace: string | undefined,
  name: string | undefined,
): Promise<{ name: string }[]> {
  if (name === undefined || name === '') return [];
  const account = await client.find(serviceAccounts, { namespace, name });
  if (account === undefined)
    throw new ReasonedError('AuthenticationFailed', `the ServiceAccount ${namespace}/${name} does not exist`);
  return (account.imagePullSecrets ?? []).flatMap((reference) =>
    reference.name === undefined ? [] : [{ name: reference.name }],
  );
}

function parseConfig(text: string, name: string) {
  try {
    return parseDockerConfig(text, `.dockerconfigjson of the Secret ${name}`);
  } catch (error) {
    throw new ReasonedError('AuthenticationFailed', errorMessage(error), { cause: error });
  }
}
