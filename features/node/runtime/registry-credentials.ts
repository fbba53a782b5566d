import { secrets } from '@croft/api/kinds';
import type { Pod } from '@croft/api/types';
import type { Client } from '@croft/client/client';

interface RegistryAuth {
  username?: string;
  password?: string;
  auth?: string;
}

/** User and password for an image's registry, from the Pod's imagePullSecrets. */
export async function findCredentials(
  client: Client,
  pod: Pod,
  image: string,
): Promise<{ username: string; password: string } | undefined> {
  const host = image.split('/')[0] ?? '';
  for (const { name = '' } of pod.spec?.imagePullSecrets ?? []) {
    const secret = await client.find(secrets, { namespace: pod.metadata?.namespace, name });
    const auths = parseAuths(secret?.data?.['.dockerconfigjson']);
    const found = Object.entries(auths).find(([registry]) => hostOf(registry) === hostOf(host))?.[1];
    if (found !== undefined) return parseAuth(found);
  }
  return undefined;
}

function parseAuths(data: string | undefined): Record<string, RegistryAuth> {
  if (data === undefined) return {};
  const { auths = {} } = JSON.parse(Buffer.from(data, 'base64').toString('utf8')) as {
    auths?: Record<string, RegistryAuth>;
  };
  return auths;
}

function parseAuth({ username, password, auth }: RegistryAuth): { username: string; password: string } {
  if (auth === undefined) return { username: username ?? '', password: password ?? '' };
  const text = Buffer.from(auth, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** Docker Hub has two names. */
function hostOf(registry: string): string {
  const host = registry.replace(/^https?:\/\//, '').split('/')[0] ?? '';
  return host === 'index.docker.io' ? 'docker.io' : host;
}
