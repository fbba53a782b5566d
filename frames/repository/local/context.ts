import { readFile } from 'node:fs/promises';
import { errorMessage } from '@croft/foundation/errors';
import type { Connection, TlsOptions } from '../http/connection.ts';
import { openRegistry, type Registry } from '../oci/registry.ts';
import { readCredentials } from '../oci/stored-credentials.ts';
import type { RepositoryEntry } from './repositories-file.ts';
import type { HelmSettings } from './settings.ts';

/** What the functions on a user's own repositories work with. */
export interface LocalContext {
  settings: HelmSettings;
  env: NodeJS.ProcessEnv;
  /** Remarks, a line each. */
  warn(text: string): void;
  signal?: AbortSignal | undefined;
}

/** How a server is reached, as flags and repositories.yaml say it. */
export interface Access extends Omit<RepositoryEntry, 'name' | 'url'> {
  /** HTTP instead of HTTPS for registries. */
  plainHttp: boolean;
}

/** The connection to a repository that the user has added. */
export async function repositoryConnection(entry: RepositoryEntry, context: LocalContext): Promise<Connection> {
  return await makeConnection({ ...entry, plainHttp: false }, context);
}

/** Reads the files that the access names. Throws with their paths. */
export async function makeConnection(access: Access, context: LocalContext): Promise<Connection> {
  const { username, password, passCredentials } = access;
  return {
    ...(await commonConnection(access, context)),
    passCredentials,
    credentials: username === '' ? undefined : { username, password },
  };
}

/** A connection to a registry, with the credentials of the flags or those that are kept. */
export async function connectRegistry(host: string, access: Access, context: LocalContext): Promise<Registry> {
  const { username, password, plainHttp } = access;
  const { registryConfig, dockerConfig } = context.settings;
  const given = username === '' ? undefined : { username, password };
  const credentials = given ?? (await readCredentials([registryConfig, dockerConfig], host, context.env));
  return openRegistry(host, { ...(await commonConnection(access, context)), credentials, plainHttp });
}

async function commonConnection(access: Access, { env, signal }: LocalContext) {
  const hasProxy = Object.keys(env).some((key) => /^(http|https)_proxy$/i.test(key));
  return { tls: await readTls(access), proxyEnv: hasProxy ? env : undefined, signal };
}

/** The files that the access names. Throws with their paths. */
export async function readTls({ caFile, certFile, keyFile, insecure }: Access): Promise<TlsOptions> {
  const tls: TlsOptions = { insecure };
  if (caFile !== '') tls.ca = await readPem(caFile);
  if (certFile !== '' && keyFile !== '') {
    tls.cert = await readPem(certFile);
    tls.key = await readPem(keyFile);
  }
  return tls;
}

async function readPem(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new Error(`can't create TLS config for client: ${errorMessage(error)}`, { cause: error });
  }
}
