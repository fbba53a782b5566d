import type { Client } from '@croft/client/client';
import { ReasonedError, StalledError } from '@croft/controller/outcome';
import { proxyUrlOf, readSecretFields, type SecretFields } from '../artifact/secret-fields.ts';
import { defaultSourceTimeoutMs } from '../artifact/source-controller.ts';
import { durationMs } from '../duration.ts';
import type { GitCredentials, GitRemote } from '../git/git-environment.ts';
import type { GitRepositorySpec } from '../types.ts';

/** How the repository is reached, with what its Secrets hold. Throws StalledError and ReasonedError. */
export async function readRemote(
  client: Client,
  namespace: string | undefined,
  spec: GitRepositorySpec,
  signal: AbortSignal,
): Promise<GitRemote> {
  checkUrl(spec.url);
  if ((spec.provider ?? 'generic') !== 'generic')
    throw new StalledError(
      'InvalidProviderConfiguration',
      `spec.provider "${spec.provider}" is not supported: use generic, with a Secret in spec.secretRef`,
    );
  const read = (reference: { name: string }, field: string) => readSecretFields(client, namespace, reference, field);
  const secret = spec.secretRef && (await read(spec.secretRef, 'secretRef'));
  const proxy = spec.proxySecretRef && proxyUrlOf(await read(spec.proxySecretRef, 'proxySecretRef'));
  return {
    url: spec.url,
    credentials: readCredentials(spec.url, secret),
    timeoutMs: durationMs(spec.timeout, defaultSourceTimeoutMs),
    signal,
    ...(proxy === undefined ? {} : { proxy }),
  };
}

function checkUrl(url: string): void {
  if (url.startsWith('/') || (/^(https?|ssh|file):\/\//.test(url) && URL.canParse(url))) return;
  const scp = /^([^/@]+@)?([^/:]+):(?!\/\/)(.+)$/.exec(url);
  const hint = scp === null ? 'http://, https:// or ssh://' : `ssh://${scp[1] ?? 'git@'}${scp[2]}/${scp[3]}`;
  throw new StalledError('URLInvalid', `spec.url "${url}" is no URL of a git repository: write ${hint}`);
}

function readCredentials(url: string, secret: SecretFields | undefined): GitCredentials {
  const isSsh = url.startsWith('ssh:');
  const need = (what: string) => new ReasonedError('AuthenticationFailed', `the Secret ${secret?.name} needs ${what}`);
  if (secret === undefined) {
    if (!isSsh) return {};
    throw new StalledError(
      'AuthenticationFailed',
      'a repository over ssh needs spec.secretRef: a Secret with the keys identity and known_hosts',
    );
  }
  const password = secret.get('password');
  if (isSsh) {
    const [identity, knownHosts] = [secret.get('identity'), secret.get('known_hosts')];
    if (identity === undefined || knownHosts === undefined) throw need('the keys identity and known_hosts');
    return { identity, knownHosts, password };
  }
  const [username, bearerToken] = [secret.get('username'), secret.get('bearerToken')];
  const ca = secret.get('ca.crt') ?? secret.get('caFile');
  const [cert, key] = [secret.get('tls.crt'), secret.get('tls.key')];
  if (bearerToken === undefined && username === undefined && ca === undefined && cert === undefined)
    throw need('the keys username and password, or bearerToken');
  if (username === undefined && password !== undefined) throw need('the key username beside password');
  return { username, password, bearerToken, ca, cert, key };
}
