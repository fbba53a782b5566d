import { configMaps, secrets } from '@croft/api/kinds';
import type { Pod } from '@croft/api/types';
import type { Client } from '@croft/client/client';
import { localOrigin } from '@croft/client/fetch';
import { readStatusError } from '@croft/client/status-error';
import type { EnvironmentSources } from '../pod/environment.ts';
import type { FileSources } from './projected-files.ts';

/** What a Pod's volumes and variables refer to, read from the API at the time. */
export type ApiSources = FileSources & Omit<EnvironmentSources, 'services'>;

export function createApiSources(client: Client, pod: Pod, tokens: TokenCache): ApiSources {
  const namespace = pod.metadata?.namespace;
  const findConfigMapFiles = async (name: string) => {
    const found = await client.find(configMaps, { namespace, name });
    if (found === undefined) return undefined;
    const texts = Object.entries(found.data ?? {}).map(([key, text]): [string, Buffer] => [key, Buffer.from(text)]);
    return new Map([...texts, ...decodeAll(found.binaryData)]);
  };
  const findSecretFiles = async (name: string) => {
    const found = await client.find(secrets, { namespace, name });
    return found === undefined ? undefined : new Map(decodeAll(found.data));
  };
  return {
    findConfigMapFiles,
    findSecretFiles,
    findConfigMap: async (name) => (await client.find(configMaps, { namespace, name }))?.data ?? undefined,
    findSecret: async (name) => asTexts(await findSecretFiles(name)),
    fetchToken: (audience, expirationSeconds) => tokens.get(pod, audience, expirationSeconds),
  };
}

function decodeAll(data: Readonly<Record<string, string>> | undefined): [string, Buffer][] {
  return Object.entries(data ?? {}).map(([key, text]) => [key, Buffer.from(text, 'base64')]);
}

function asTexts(files: ReadonlyMap<string, Buffer> | undefined): Record<string, string> | undefined {
  if (files === undefined) return undefined;
  return Object.fromEntries([...files].map(([key, data]) => [key, data.toString('utf8')]));
}

/** Tokens of service accounts, each asked for anew when four fifths of its life are over. */
export interface TokenCache {
  get(pod: Pod, audience: string | undefined, expirationSeconds: number): Promise<string>;
  forget(podUid: string): void;
}

export function createTokenCache(client: Client, now: () => number): TokenCache {
  const held = new Map<string, { token: string; renewAtMs: number }>();
  return {
    get: async (pod, audience, expirationSeconds) => {
      const key = `${pod.metadata?.uid}/${audience ?? ''}/${expirationSeconds}`;
      const known = held.get(key);
      if (known !== undefined && known.renewAtMs > now()) return known.token;
      const token = await fetchToken(client, pod, audience, expirationSeconds);
      held.set(key, { token, renewAtMs: now() + expirationSeconds * 800 });
      return token;
    },
    forget: (podUid) => {
      for (const key of held.keys()) if (key.startsWith(`${podUid}/`)) held.delete(key);
    },
  };
}

async function fetchToken(client: Client, pod: Pod, audience: string | undefined, seconds: number): Promise<string> {
  const { namespace, name, uid } = pod.metadata ?? {};
  const account = pod.spec?.serviceAccountName ?? 'default';
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`;
  const response = await client.fetch(
    new Request(`${localOrigin}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: {
          audiences: audience === undefined ? [] : [audience],
          expirationSeconds: seconds,
          boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name, uid },
        },
      }),
    }),
  );
  if (!response.ok) throw await readStatusError(response);
  const { status } = (await response.json()) as { status: { token: string } };
  return status.token;
}
