import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { UserError } from '@croft/foundation/errors';
import { isJsonObject, type JsonObject } from '@croft/foundation/json';
import { parse } from 'yaml';
import { type Client, createClient } from './client.ts';
import { createHttpsFetch } from './https-fetch.ts';

/** A client for the current context of a kubeconfig file. Dispose it to close its connections. Throws UserError. */
export async function readKubeconfigClient(path: string, fieldManager?: string): Promise<Client & Disposable> {
  const config = asObject(parse(await readFile(path, 'utf8')), path);
  const context = asObject(named(config, 'contexts', String(config['current-context'] ?? ''), path).context, path);
  const cluster = asObject(named(config, 'clusters', String(context.cluster), path).cluster, path);
  const user = asObject(named(config, 'users', String(context.user), path).user, path);
  const pem = async (holder: JsonObject, field: string) => {
    const data = holder[`${field}-data`];
    if (typeof data === 'string') return Buffer.from(data, 'base64').toString('utf8');
    const file = holder[field];
    return typeof file === 'string' ? await readFile(resolve(dirname(path), file), 'utf8') : undefined;
  };
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
  const tokenFile = text(user.tokenFile);
  const fetch = createHttpsFetch({
    ca: await pem(cluster, 'certificate-authority'),
    cert: await pem(user, 'client-certificate'),
    key: await pem(user, 'client-key'),
    token: tokenFile === undefined ? text(user.token) : (await readFile(tokenFile, 'utf8')).trim(),
    serverName: text(cluster['tls-server-name']),
    insecureSkipTlsVerify: cluster['insecure-skip-tls-verify'] === true,
  });
  const server = text(cluster.server);
  if (server === undefined) throw new UserError(`${path}: the current context's cluster names no server`);
  const client = createClient(fetch, {
    origin: server.replace(/\/$/, ''),
    ...(fieldManager === undefined ? {} : { fieldManager }),
  });
  return { ...client, [Symbol.dispose]: () => fetch[Symbol.dispose]() };
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
