import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { UserError } from '@croft/foundation/errors';
import { isJsonObject, type JsonObject } from '@croft/foundation/json';
import { parse } from 'yaml';
import { type Client, createClient } from './client.ts';
import {
  type CredentialSource,
  execCredentials,
  fixedCredentials,
  parseExecPlugin,
  tokenFileCredentials,
} from './credentials.ts';
import { createHttpsFetch } from './https-fetch.ts';

export interface KubeconfigOptions {
  /** Names the text in errors. */
  name: string;
  fieldManager?: string | undefined;
  onWarning?: ((text: string) => void) | undefined;
  /** A context by its name; the current one when left out. */
  context?: string | undefined;
  /** Reads a file that the text names. Without it the text must hold all itself. */
  readNamedFile?: (path: string) => Promise<string>;
  /** Whether a program that the text names may be run for credentials. */
  mayRunPrograms?: boolean;
}

/** A client of the API that a context names. Dispose it to close its connections. */
export interface KubeconfigClient extends Client, Disposable {
  /** The namespace that the context names. */
  readonly namespace: string | undefined;
}

/** A client for a context of a kubeconfig file, the current one unless another is named. Throws UserError. */
export async function readKubeconfigClient(
  path: string,
  fieldManager?: string,
  context?: string,
  onWarning?: (text: string) => void,
): Promise<KubeconfigClient> {
  const readNamedFile = (file: string) => readFile(resolve(dirname(path), file), 'utf8');
  const options = { name: path, fieldManager, context, onWarning, readNamedFile, mayRunPrograms: true };
  return await openKubeconfigClient(await readFile(path, 'utf8'), options);
}

/** Like readKubeconfigClient, from a kubeconfig's text. */
export async function openKubeconfigClient(text: string, options: KubeconfigOptions): Promise<KubeconfigClient> {
  const { name, fieldManager } = options;
  const config = asObject(parse(text), name);
  const contextName = options.context ?? String(config['current-context'] ?? '');
  const context = asObject(named(config, 'contexts', contextName, name).context, name);
  const cluster = asObject(named(config, 'clusters', String(context.cluster), name).cluster, name);
  const user = asObject(named(config, 'users', String(context.user), name).user, name);
  const readNamed = async (holder: JsonObject, field: string) => {
    const file = findText(holder[field]);
    if (file === undefined || options.readNamedFile !== undefined) return file && (await options.readNamedFile?.(file));
    throw new UserError(
      `${name}: ${field} names a file, which is not read here; put what it holds into the text itself`,
    );
  };
  const readPem = async (holder: JsonObject, field: string) => {
    const data = findText(holder[`${field}-data`]);
    return data === undefined ? await readNamed(holder, field) : Buffer.from(data, 'base64').toString('utf8');
  };
  const openCredentials = async (): Promise<CredentialSource> => {
    const cert = await readPem(user, 'client-certificate');
    const key = await readPem(user, 'client-key');
    if (isJsonObject(user.exec)) {
      if (options.mayRunPrograms === true) return execCredentials(parseExecPlugin(user.exec, cluster, name));
      throw new UserError(`${name}: exec names a program, which is not run here; use a token or a client certificate`);
    }
    if (findText(user.tokenFile) === undefined) return fixedCredentials({ cert, key, token: findText(user.token) });
    const read = async () => (await readNamed(user, 'tokenFile')) ?? '';
    await read();
    return tokenFileCredentials(read, { cert, key });
  };
  const fetch = createHttpsFetch({
    ca: await readPem(cluster, 'certificate-authority'),
    credentials: await openCredentials(),
    serverName: findText(cluster['tls-server-name']),
    insecureSkipTlsVerify: cluster['insecure-skip-tls-verify'] === true,
  });
  const server = findText(cluster.server);
  if (server === undefined) throw new UserError(`${name}: the current context's cluster names no server`);
  const client = createClient(fetch, {
    origin: server.replace(/\/$/, ''),
    onWarning: options.onWarning,
    ...(fieldManager === undefined ? {} : { fieldManager }),
  });
  return { ...client, namespace: findText(context.namespace), [Symbol.dispose]: () => fetch[Symbol.dispose]() };
}

function findText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function named(config: JsonObject, list: string, name: string, path: string): JsonObject {
  const items = config[list];
  const found = Array.isArray(items) ? items.find((item) => isJsonObject(item) && item.name === name) : undefined;
  if (!isJsonObject(found)) throw new UserError(`${path}: there is no entry named "${name}" under ${list}`);
  return found;
}

function asObject(value: unknown, path: string): JsonObject {
  if (!isJsonObject(value)) throw new UserError(`${path} is not a kubeconfig file`);
  return value as JsonObject;
}
