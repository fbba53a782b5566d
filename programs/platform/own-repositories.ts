import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256Hex } from '@croft/foundation/digest';
import { hasErrorCode } from '@croft/foundation/errors';
import { writeFileAtomic } from '@croft/foundation/files';
import type { Log } from '@croft/foundation/log';
import { mainBranch } from '@croft/gitops/git-server/repositories';
import { fillRepository } from '@croft/gitops/git-server/repository';
import { startGitServer } from '@croft/gitops/git-server/server';
import { type GitToken, readTokens } from '@croft/gitops/git-server/tokens';
import type { OwnSources } from './bootstrap.ts';
import { readRelease } from './croft-release.ts';
import type { Instance } from './instance.ts';
import { instancePaths } from './paths.ts';

/** The repository that is filled with the catalogue that Croft ships. */
export const catalogName = 'catalog';
/** The repository that holds the copy of a workstation's folder. */
export const localName = 'local';

export interface OwnRepositoriesOptions {
  dataDir: string;
  instance: Instance;
  /** What the repository `catalog` is filled with. */
  catalogDir: string;
  log: Log;
}

export interface OwnRepositories extends AsyncDisposable {
  sources: OwnSources;
  /** The folder of the repository under its URL; undefined for any other URL. */
  localPathOf(url: string): string | undefined;
}

/** Where the instance serves one of its repositories, on this machine. */
export function ownRepositoryUrl({ gitPort }: Pick<Instance, 'gitPort'>, name: string): string {
  return `http://127.0.0.1:${gitPort}/${name}.git`;
}

export function ownSources(instance: Pick<Instance, 'gitPort'>): OwnSources {
  return { catalog: ownRepositoryUrl(instance, catalogName), local: ownRepositoryUrl(instance, localName) };
}

/** The instance's own git repositories over HTTP on this machine, `catalog` among them, filled from the catalogue. */
export async function startOwnRepositories(options: OwnRepositoriesOptions): Promise<OwnRepositories> {
  const { dataDir, instance, log } = options;
  const paths = instancePaths(dataDir);
  await fillCatalog(options);
  const pushToken = await readPushToken(paths.pushToken);
  const always: GitToken = { name: 'instance', right: 'push', digest: sha256Hex(pushToken), created: '' };
  const server = await startGitServer({
    root: paths.git,
    host: '127.0.0.1',
    port: instance.gitPort,
    readTokens: async () => [always, ...(await readTokens(paths.gitTokens))],
    log: log.with({ part: 'git' }),
  });
  return {
    sources: ownSources(instance),
    localPathOf: (url) => {
      const name = url.startsWith(`${server.url}/`) ? url.slice(server.url.length + 1) : '';
      return /^[a-z0-9][a-z0-9._-]*\.git$/.test(name) ? join(paths.git, name) : undefined;
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

async function fillCatalog({ dataDir, catalogDir, log }: OwnRepositoriesOptions): Promise<void> {
  const { catalogRepository: dir } = instancePaths(dataDir);
  const message = `Catalogue of Croft ${await readRelease()}`;
  const outcome = await fillRepository({ dir, branch: mainBranch }, catalogDir, message);
  if (outcome === 'conflict') {
    log.warn(
      'the newer catalogue conflicts with what was pushed: merge the branch "shipped" of the repository into "main"',
      { repository: dir },
    );
  } else if (outcome !== 'unchanged') log.info("the catalogue is in the instance's repository", { outcome });
}

/** The password for pushing over HTTP, made once. */
async function readPushToken(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT')) throw error;
    const token = randomBytes(24).toString('base64url');
    await writeFileAtomic(path, `${token}\n`);
    return token;
  }
}
