import { isJsonObject, type JsonObject } from '@croft/foundation/json';
import type { RegistryCredentials } from './authorize.ts';

/** A `config.json` as Docker, Podman and Helm keep credentials of registries in. */
export type DockerConfig = JsonObject;

/** Reads the JSON of a `config.json` or of a Secret's `.dockerconfigjson`. Throws when it is none; `source` names it. */
export function parseDockerConfig(text: string, source: string): DockerConfig {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    if (isJsonObject(value)) return value;
  } catch (error) {
    // The text of a syntax error may quote what stands there.
    throw new Error(`${source} is no JSON`, { cause: error });
  }
  throw new Error(`${source} is no JSON object`);
}

/** What the config itself says of a registry; undefined when it says nothing. */
export function findCredentials(config: DockerConfig, host: string): RegistryCredentials | undefined {
  if (!isJsonObject(config.auths)) return undefined;
  const wanted = serverName(host);
  const entry = Object.entries(config.auths).find(([server]) => serverName(server) === wanted)?.[1];
  if (!isJsonObject(entry)) return undefined;
  const text = (key: string) => (typeof entry[key] === 'string' ? entry[key] : '');
  const decoded = Buffer.from(text('auth'), 'base64').toString('utf8').replace(/\0+$/, '');
  const colon = decoded.indexOf(':');
  const username = colon < 0 ? text('username') : decoded.slice(0, colon);
  const password = colon < 0 ? text('password') : decoded.slice(colon + 1);
  if (text('identitytoken') !== '') return { username, password, identityToken: text('identitytoken') };
  return username === '' && password === '' ? undefined : { username, password };
}

/** The registry's name without scheme and path; Docker Hub has several. */
export function serverName(server: string): string {
  const host = server.replace(/^https?:\/\//, '').split('/')[0] ?? '';
  return host === 'index.docker.io' || host === 'registry-1.docker.io' ? 'docker.io' : host;
}
