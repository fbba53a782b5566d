import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where Helm keeps what belongs to a user: croft shares it with the real helm. */
export interface HelmSettings {
  /** Folders of settings, and of what can be fetched again. */
  configHome: string;
  cacheHome: string;
  /** repositories.yaml */
  repositoryConfig: string;
  /** Folder of cached indexes and archives. */
  repositoryCache: string;
  /** config.json with credentials of registries; Docker's own is read after it. */
  registryConfig: string;
  dockerConfig: string;
  /** The keyring that provenance is checked with unless told otherwise. */
  keyring: string;
}

/** Helm's places, by HELM_*, XDG_* and HOME (helmpath, cli.EnvSettings); `flags` are those that say otherwise. */
export function readSettings(env: NodeJS.ProcessEnv, flags: Partial<HelmSettings> = {}): HelmSettings {
  const home = env.HOME || homedir();
  const config = env.HELM_CONFIG_HOME || join(env.XDG_CONFIG_HOME || join(home, '.config'), 'helm');
  const cache = env.HELM_CACHE_HOME || join(env.XDG_CACHE_HOME || join(home, '.cache'), 'helm');
  return {
    configHome: config,
    cacheHome: cache,
    repositoryConfig: flags.repositoryConfig || env.HELM_REPOSITORY_CONFIG || join(config, 'repositories.yaml'),
    repositoryCache: flags.repositoryCache || env.HELM_REPOSITORY_CACHE || join(cache, 'repository'),
    registryConfig: flags.registryConfig || env.HELM_REGISTRY_CONFIG || join(config, 'registry', 'config.json'),
    dockerConfig: join(env.DOCKER_CONFIG || join(home, '.docker'), 'config.json'),
    keyring: flags.keyring || join(env.GNUPGHOME ?? join(home, '.gnupg'), 'pubring.gpg'),
  };
}
