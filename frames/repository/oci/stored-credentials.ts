import { readFile } from 'node:fs/promises';
import { errorMessage, hasErrorCode } from '@croft/foundation/errors';
import { writeFileAtomic } from '@croft/foundation/files';
import { isJsonObject } from '@croft/foundation/json';
import { ProcessError, run } from '@croft/foundation/process';
import type { RegistryCredentials } from './authorize.ts';
import { type DockerConfig, findCredentials, parseDockerConfig, serverName } from './docker-config.ts';

const helperTimeoutMs = 30_000;

/** What is known of a registry in files that come one after the other, and by the helper programs that they name. */
export async function readCredentials(
  paths: readonly string[],
  host: string,
  env: NodeJS.ProcessEnv,
): Promise<RegistryCredentials | undefined> {
  for (const path of paths) {
    const config = await readDockerConfig(path);
    const helper = helperOf(config, host);
    const found = helper === undefined ? undefined : await askHelper(helper, serverAddress(host), env);
    const credentials = found ?? findCredentials(config, host);
    if (credentials !== undefined) return credentials;
  }
  return undefined;
}

async function readDockerConfig(path: string): Promise<DockerConfig> {
  try {
    return parseDockerConfig(await readFile(path, 'utf8'), path);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return {};
    throw error;
  }
}

function helperOf(config: DockerConfig, host: string): string | undefined {
  const own = isJsonObject(config.credHelpers) ? config.credHelpers[host] : undefined;
  const helper = own ?? config.credsStore;
  return typeof helper === 'string' && /^[\w.-]+$/.test(helper) ? helper : undefined;
}

async function runHelper(helper: string, verb: string, input: string, env: NodeJS.ProcessEnv): Promise<string> {
  return (await run(`docker-credential-${helper}`, [verb], { timeoutMs: helperTimeoutMs, env, input })).stdout;
}

/** Programs that keep Docker's credentials answer with JSON; a name of `<token>` marks a refresh token. */
async function askHelper(
  helper: string,
  server: string,
  env: NodeJS.ProcessEnv,
): Promise<RegistryCredentials | undefined> {
  let answer: unknown;
  try {
    answer = JSON.parse(await runHelper(helper, 'get', server, env));
  } catch (error) {
    const unknown = error instanceof ProcessError && error.exitCode === 1;
    if (unknown) return undefined;
    throw new Error(`docker-credential-${helper} gave no credentials of ${server}: ${errorMessage(error)}`);
  }
  if (!isJsonObject(answer) || typeof answer.Username !== 'string' || typeof answer.Secret !== 'string')
    return undefined;
  const { Username: username, Secret: secret } = answer;
  return username === '<token>'
    ? { username: '', password: '', identityToken: secret }
    : { username, password: secret };
}

/** Under which name Docker keeps a registry's credentials. */
function serverAddress(host: string): string {
  return serverName(host) === 'docker.io' ? 'https://index.docker.io/v1/' : host;
}

/** Keeps credentials in the file (mode 0600), or gives them to the helper that it names. */
export async function saveCredentials(
  path: string,
  host: string,
  { username, password }: RegistryCredentials,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const config = await readDockerConfig(path);
  const server = serverAddress(host);
  const helper = helperOf(config, host);
  if (helper !== undefined) {
    await runHelper(helper, 'store', JSON.stringify({ ServerURL: server, Username: username, Secret: password }), env);
    return;
  }
  const auth = Buffer.from(`${username}:${password}`).toString('base64');
  const auths = isJsonObject(config.auths) ? config.auths : {};
  await writeDockerConfig(path, { ...config, auths: { ...auths, [server]: { auth } } });
}

/** Forgets credentials; whether there were any. */
export async function removeCredentials(path: string, host: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  const config = await readDockerConfig(path);
  const helper = helperOf(config, host);
  if (helper !== undefined) await runHelper(helper, 'erase', serverAddress(host), env);
  const auths = isJsonObject(config.auths) ? config.auths : {};
  const left = Object.entries(auths).filter(([server]) => serverName(server) !== serverName(host));
  const removed = left.length < Object.keys(auths).length;
  if (removed) await writeDockerConfig(path, { ...config, auths: Object.fromEntries(left) });
  return removed || helper !== undefined;
}

async function writeDockerConfig(path: string, config: DockerConfig): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(config, undefined, '\t')}\n`);
}
