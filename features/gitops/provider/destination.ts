import { secrets } from '@croft/api/kinds';
import type { Stored } from '@croft/api/object';
import type { Client } from '@croft/client/client';
import { UserError } from '@croft/foundation/errors';
import { isJsonObject } from '@croft/foundation/json';
import type { Connection, TlsOptions } from '@croft/repository/http/connection';
import { parse } from 'yaml';
import { durationMs } from '../duration.ts';
import type { Provider, ProviderSpec } from './types.ts';

/** A Provider with what its Secrets hold. Texts that are not set are ''. */
export interface Destination {
  type: string;
  address: string;
  channel: string;
  /** Of the Provider itself: under which name it is told. */
  sender: string;
  /** Of the Secret, or else the sender. */
  username: string;
  password: string;
  token: string;
  /** Sent with each request of the types that forward events as they are. */
  headers: Record<string, string>;
  connection: Connection;
  /** What must not be told when something fails. */
  hidden: string[];
}

type Fields = Record<string, string>;

const defaultTimeoutMs = 15_000;
const longestAddress = 2048;

/** Reads a Provider and its Secrets. Throws UserError. */
export async function readDestination(client: Client, provider: Stored<Provider>): Promise<Destination> {
  const { spec, metadata } = provider;
  if (spec === undefined) throw new UserError(`the Provider ${metadata.name} has no spec`);
  const read = async (field: 'secretRef' | 'certSecretRef' | 'proxySecretRef') =>
    spec[field] === undefined ? {} : await readSecret(client, metadata.namespace, spec[field].name, field);
  const [secret, certificates, proxySecret] = await Promise.all([
    read('secretRef'),
    read('certSecretRef'),
    read('proxySecretRef'),
  ]);
  const address = (secret.address ?? spec.address ?? '').trim();
  if (address.length > longestAddress) throw new UserError(`the address is longer than ${longestAddress} characters`);
  const proxy = proxyOf(spec, secret, proxySecret);
  const headers = parseHeaders(secret.headers ?? '');
  const { username = spec.username ?? '', password = '' } = secret;
  const token = (secret.token ?? '').trim();
  return {
    type: spec.type,
    address,
    channel: spec.channel ?? '',
    sender: spec.username ?? '',
    username,
    password,
    token,
    headers,
    connection: {
      timeoutMs: durationMs(spec.timeout, defaultTimeoutMs),
      tls: tlsOf(certificates),
      proxyEnv: proxy === '' ? undefined : { http_proxy: proxy, https_proxy: proxy },
    },
    hidden: [password, token, ...Object.values(headers), ...secretParts(address), ...secretParts(proxy)],
  };
}

async function readSecret(client: Client, namespace: string | undefined, name: string, field: string): Promise<Fields> {
  const secret = await client.find(secrets, { namespace, name });
  if (secret === undefined)
    throw new UserError(`the Secret ${namespace}/${name} named in ${field} does not exist: create it`);
  return Object.fromEntries(
    Object.entries(secret.data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
  );
}

function tlsOf(fields: Fields): TlsOptions | undefined {
  const ca = fields['ca.crt'] ?? fields.caFile;
  const cert = fields['tls.crt'] ?? fields.certFile;
  const key = fields['tls.key'] ?? fields.keyFile;
  if ((cert === undefined) !== (key === undefined))
    throw new UserError('the Secret named in certSecretRef needs both of tls.crt and tls.key, or none');
  const tls = {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined || key === undefined ? {} : { cert, key }),
  };
  return Object.keys(tls).length === 0 ? undefined : tls;
}

function proxyOf(spec: ProviderSpec, secret: Fields, { address, username = '', password = '' }: Fields): string {
  const given = (address ?? secret.proxy ?? spec.proxy ?? '').trim();
  if (given === '') return spec.proxySecretRef === undefined ? '' : failProxy();
  if (!URL.canParse(given) || !/^https?:/.test(given)) return failProxy();
  const proxy = new URL(given);
  if (username !== '') proxy.username = encodeURIComponent(username);
  if (password !== '') proxy.password = encodeURIComponent(password);
  return proxy.href;
}

function failProxy(): never {
  throw new UserError('the address of the proxy is not a URL with http or https');
}

function parseHeaders(text: string): Record<string, string> {
  if (text.trim() === '') return {};
  let headers: unknown;
  try {
    headers = parse(text);
  } catch {
    headers = undefined; // the error's text would quote what is secret
  }
  if (!isJsonObject(headers)) throw new UserError('the key headers of the Secret is no YAML map of texts');
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

/** The parts of a URL that let someone in: the path and query of a webhook, a password. */
function secretParts(url: string): string[] {
  if (!URL.canParse(url)) return [];
  const { username, password, pathname, search, href } = new URL(url);
  return [url, href, `${pathname}${search}`, pathname, search, username, password, decodeURIComponent(password)];
}
