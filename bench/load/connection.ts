import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';

/** Where a Kubernetes API is, and what proves who asks. */
export interface Connection {
  readonly server: URL;
  readonly tls: { ca?: Buffer; cert?: Buffer; key?: Buffer; rejectUnauthorized: boolean };
  readonly headers: Record<string, string>;
}

type Fields = Record<string, unknown>;

interface Kubeconfig {
  'current-context': string;
  contexts: { name: string; context: { cluster: string; user: string } }[];
  clusters: { name: string; cluster: Fields }[];
  users: { name: string; user: Fields }[];
}

/** The current context of a kubeconfig file: with certificates or a token. */
export function readConnection(path: string): Connection {
  const config = parse(readFileSync(path, 'utf8')) as Kubeconfig;
  const { context } = named(config.contexts, config['current-context']);
  const { cluster } = named(config.clusters, context.cluster);
  const { user } = named(config.users, context.user);
  const pem = (holder: Fields, field: string, as: 'ca' | 'cert' | 'key') => {
    const data = holder[`${field}-data`];
    if (typeof data === 'string') return { [as]: Buffer.from(data, 'base64') };
    const file = holder[field];
    return typeof file === 'string' ? { [as]: readFileSync(resolve(dirname(path), file)) } : {};
  };
  return {
    server: new URL(String(cluster.server)),
    tls: {
      ...pem(cluster, 'certificate-authority', 'ca'),
      ...pem(user, 'client-certificate', 'cert'),
      ...pem(user, 'client-key', 'key'),
      rejectUnauthorized: cluster['insecure-skip-tls-verify'] !== true,
    },
    headers: {
      accept: 'application/json',
      ...(typeof user.token === 'string' ? { authorization: `Bearer ${user.token}` } : {}),
    },
  };
}

function named<T extends { name: string }>(items: readonly T[], name: string): T {
  const found = items.find((item) => item.name === name);
  if (found === undefined) throw new Error(`the kubeconfig has no entry named ${name}`);
  return found;
}
