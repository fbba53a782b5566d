import type { Access, LocalContext } from '@croft/repository/local/context';
import { readSettings } from '@croft/repository/local/settings';
import { atFolder } from './common-flags.ts';
import type { ParsedFlags } from './flags.ts';
import type { HelmInput } from './helm-command.ts';

/** What the commands on repositories and registries work with: Helm's places, as flags and environment name them. */
export function localContext({ flags, env, folder, terminal }: HelmInput): LocalContext {
  const path = (flag: string) => (flags.text(flag) === '' ? '' : atFolder(folder, flags.text(flag)));
  const settings = readSettings(env, {
    repositoryConfig: path('repository-config'),
    repositoryCache: path('repository-cache'),
    registryConfig: path('registry-config'),
    keyring: path('keyring'),
  });
  return { settings, env, warn: terminal.say };
}

/** How a server is reached, as the flags say it. */
export function accessOf(flags: ParsedFlags, folder: string): Access {
  const path = (flag: string) => (flags.text(flag) === '' ? '' : atFolder(folder, flags.text(flag)));
  return {
    username: flags.text('username'),
    password: flags.text('password'),
    certFile: path('cert-file'),
    keyFile: path('key-file'),
    caFile: path('ca-file'),
    insecure: flags.has('insecure-skip-tls-verify'),
    passCredentials: flags.has('pass-credentials'),
    plainHttp: flags.has('plain-http'),
  };
}
