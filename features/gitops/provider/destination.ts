import type { Stored } from '@croft/api/object';
import type { Client } from '@croft/client/client';
import { UserError } from '@croft/foundation/errors';
import { isJsonObject } from '@croft/foundation/json';
import type { Connection } from '@croft/repository/http/connection';
import { parse } from 'yaml';
import { proxyUrlOf, readSecretFields, tlsOptionsOf } from '../artifact/secret-fields.ts';
import { durationMs } from '../duration.ts';
import type { Provider } from './types.ts';

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

const defaultTimeoutMs = 15_000;
const longestAddress = 2048;

/** Reads a Provider and its Secrets. Throws an Error that says what to do. */
export async function readDestination(client: Client, { spec, metadata }: Stored<Provider>): Promise<Destination> {
  if (spec === undefined) throw new UserError(`the Provider ${metadata.name} has no spec`);
  const read = async (field: 'secretRef' | 'certSecretRef' | 'proxySecretRef') =>
    spec[field] && (await readSecretFields(client, metadata.namespace, spec[field], field));
  const [secret, certificates, proxySecret] = await Promise.all([
    read('secretRef'),
    read('certSecretRef'),
    read('proxySecretRef'),
  ]);
  const field = (key: string) => secret?.get(key)?.trim();
  const address = field('address') ?? spec.address ?? '';
  if (address.length > longestAddress) throw new UserError(`the address is longer than ${longestAddress} characters`);
  const proxy = (proxySecret && proxyUrlOf(proxySecret)) ?? field('proxy') ?? spec.proxy ?? '';
  const headers = parseHeaders(secret?.get('headers') ?? '');
  const password = secret?.get('password') ?? '';
  const token = field('token') ?? '';
  return {
    type: spec.type,
    address,
    channel: spec.channel ?? '',
    sender: spec.username ?? '',
    username: secret?.get('username') ?? spec.username ?? '',
    password,
    token,
    headers,
    connection: {
      timeoutMs: durationMs(spec.timeout, defaultTimeoutMs),
      tls: certificates && tlsOptionsOf(certificates),
      proxyEnv: proxy === '' ? undefined : { http_proxy: proxy, https_proxy: proxy },
    },
    hidden: [password, token, ...Object.values(headers), ...secretParts(address), ...secretParts(proxy)],
  };
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

/** Parts of a path that are longer than this are no words but keys. */
const longestWord = 11;

/** The parts of a URL that let someone in: the path and query of a webhook, a password. */
function secretParts(url: string): string[] {
  if (!URL.canParse(url)) return [];
  const { username, password, pathname, search, searchParams } = new URL(url);
  const keys = pathname.split('/').filter((part) => part.length > longestWord);
  const decoded = decodeURIComponent(password);
  return [`${pathname}${search}`, pathname, search, ...keys, ...searchParams.values(), username, password, decoded];
}
