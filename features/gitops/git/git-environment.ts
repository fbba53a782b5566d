import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a Secret of a GitRepository holds, under Flux's names. */
export interface GitCredentials {
  username?: string | undefined;
  password?: string | undefined;
  bearerToken?: string | undefined;
  /** PEM texts. */
  ca?: string | undefined;
  cert?: string | undefined;
  key?: string | undefined;
  /** For ssh: the private key, its passphrase is `password`. */
  identity?: string | undefined;
  knownHosts?: string | undefined;
}

export interface GitRemote {
  url: string;
  credentials: GitCredentials;
  /** With user and password where it needs them. */
  proxy?: string | undefined;
  /** For each call of git. */
  timeoutMs: number;
  signal?: AbortSignal;
}

/**
 * The URL without secrets, and the environment for git in which they are; some lie in files, which are put into `folder`
 * for us alone.
 */
export async function makeGitEnvironment(
  remote: GitRemote,
  folder: string,
): Promise<{ url: string; env: NodeJS.ProcessEnv }> {
  const { url, settings } = splitUrl(remote);
  const files = await writeSecretFiles(folder, remote.credentials);
  const scope = /^https?:/.test(url) ? `http.${new URL(url).origin}/.` : 'http.';
  if (files.ca !== undefined) settings.push([`${scope}sslCAInfo`, files.ca]);
  if (files.cert !== undefined) settings.push([`${scope}sslCert`, files.cert]);
  if (files.key !== undefined) settings.push([`${scope}sslKey`, files.key]);
  if (remote.proxy !== undefined) settings.push(['http.proxy', remote.proxy]);
  const env = { ...baseEnvironment(url, files), ...sshEnvironment(files, remote), ...settingsEnvironment(settings) };
  return { url, env };
}

/** User and password in a URL go where no list of processes shows them. */
function splitUrl({ url, credentials }: GitRemote): { url: string; settings: [string, string][] } {
  const settings: [string, string][] = [
    ['safe.directory', '*'],
    ['gc.auto', '0'],
    ['fetch.unpackLimit', '1'],
    ['core.fsync', 'none'], // what a crash damages is fetched again
    ['core.attributesFile', '/dev/null'],
    ['core.hooksPath', '/dev/null'],
  ];
  if (!/^(https?|ssh):/.test(url)) return { url: url.replace(/^file:\/\//, ''), settings };
  const parsed = new URL(url);
  if (parsed.protocol === 'ssh:') {
    if (parsed.username === '') parsed.username = 'git';
    parsed.password = '';
    return { url: parsed.href, settings };
  }
  const username = credentials.username ?? decodeURIComponent(parsed.username);
  const password = credentials.password ?? decodeURIComponent(parsed.password);
  parsed.username = '';
  parsed.password = '';
  const basic = Buffer.from(`${username}:${password}`).toString('base64');
  const header = credentials.bearerToken !== undefined ? `Bearer ${credentials.bearerToken}` : `Basic ${basic}`;
  if (credentials.bearerToken !== undefined || password !== '')
    settings.push([`http.${parsed.origin}/.extraHeader`, `Authorization: ${header}`]);
  return { url: parsed.href, settings };
}

interface SecretFiles {
  ca?: string;
  cert?: string;
  key?: string;
  identity?: string;
  knownHosts?: string;
  askPass?: string;
}

async function writeSecretFiles(folder: string, credentials: GitCredentials): Promise<SecretFiles> {
  const files: SecretFiles = {};
  for (const name of ['ca', 'cert', 'key', 'identity', 'knownHosts'] as const) {
    const text = credentials[name];
    if (text === undefined || text === '') continue;
    files[name] = join(folder, name);
    await writeFile(files[name], text.endsWith('\n') ? text : `${text}\n`, { mode: 0o600 });
  }
  if (files.identity !== undefined && credentials.password !== undefined) {
    files.askPass = join(folder, 'ask-pass');
    await writeFile(files.askPass, '#!/bin/sh\nprintf "%s\\n" "$CROFT_PASSPHRASE"\n', { mode: 0o700 });
  }
  return files;
}

function baseEnvironment(url: string, { ca }: SecretFiles): NodeJS.ProcessEnv {
  const { env } = process;
  const proxies = ['http_proxy', 'https_proxy', 'HTTPS_PROXY', 'no_proxy', 'NO_PROXY', 'all_proxy', 'ALL_PROXY'];
  return {
    PATH: env.PATH,
    ...Object.fromEntries(proxies.filter((name) => env[name] !== undefined).map((name) => [name, env[name]])),
    ...(ca === undefined ? { GIT_SSL_CAINFO: env.GIT_SSL_CAINFO } : {}),
    HOME: '/nonexistent',
    LC_ALL: 'C.UTF-8',
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_NOSYSTEM: '1',
    // Submodules of a remote repository must not lead to this machine's files.
    GIT_ALLOW_PROTOCOL: /^(https?|ssh):/.test(url) ? 'http:https:ssh' : 'file:http:https:ssh',
  };
}

function sshEnvironment(files: SecretFiles, { credentials, timeoutMs }: GitRemote): NodeJS.ProcessEnv {
  const options = [
    'BatchMode=no',
    'IdentitiesOnly=yes',
    'IdentityAgent=none',
    'PreferredAuthentications=publickey',
    'StrictHostKeyChecking=yes',
    `UserKnownHostsFile=${files.knownHosts ?? '/dev/null'}`,
    'GlobalKnownHostsFile=/dev/null',
    'ServerAliveInterval=15',
    `ConnectTimeout=${Math.max(1, Math.round(timeoutMs / 1000))}`,
  ];
  const identity = files.identity === undefined ? [] : ['-i', files.identity];
  const command = ['ssh', '-F', '/dev/null', ...identity, ...options.flatMap((option) => ['-o', option])];
  return {
    GIT_SSH_COMMAND: command.map((word) => `'${word}'`).join(' '),
    GIT_SSH_VARIANT: 'ssh',
    SSH_ASKPASS: files.askPass ?? '/bin/false',
    SSH_ASKPASS_REQUIRE: 'force',
    ...(files.askPass === undefined ? {} : { CROFT_PASSPHRASE: credentials.password }),
  };
}

function settingsEnvironment(settings: readonly [string, string][]): NodeJS.ProcessEnv {
  const entries = settings.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return { GIT_CONFIG_COUNT: String(settings.length), ...Object.fromEntries(entries) };
}
