import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hasErrorCode } from '@croft/foundation/errors';
import { writeFileAtomic } from '@croft/foundation/files';
import type { Log } from '@croft/foundation/log';
import { fillRepository } from '@croft/gitops/git-server/repository';
import { startGitServer } from '@croft/gitops/git-server/server';
import type { OwnSource } from './bootstrap.ts';
import { readRelease } from './croft-release.ts';
import type { Instance } from './instance.ts';
import { instancePaths } from './paths.ts';

export interface OwnRepositoryOptions {
  dataDir: string;
  instance: Instance;
  /** What the repository is filled with. */
  catalogDir: string;
  log: Log;
}

export interface OwnRepository extends AsyncDisposable {
  source: OwnSource;
  /** The folder of the repository under its URL; undefined for any other URL. */
  localPathOf(url: string): string | undefined;
}

const branch = 'main';

/** The instance's own git repository, filled from the catalogue and served over HTTP on this machine. */
export async function startOwnRepository({
  dataDir,
  instance,
  catalogDir,
  log,
}: OwnRepositoryOptions): Promise<OwnRepository> {
  const paths = instancePaths(dataDir);
  const outcome = await fillRepository(
    { dir: paths.catalogRepository, branch },
    catalogDir,
    `Catalogue of Croft ${await readRelease()}`,
  );
  if (outcome === 'conflict') {
    log.warn(
      'the newer catalogue conflicts with what was pushed: merge the branch "shipped" of the repository into "main"',
      { repository: paths.catalogRepository },
    );
  } else if (outcome !== 'unchanged') log.info("the catalogue is in the instance's repository", { outcome });
  const pushToken = await readPushToken(paths.pushToken);
  const server = await startGitServer({
    root: paths.git,
    host: '127.0.0.1',
    port: instance.gitPort,
    pushToken,
    log: log.with({ part: 'git' }),
  });
  const url = `${server.url}/catalog.git`;
  return {
    source: { url, branch, path: 'flux' },
    localPathOf: (other) => (other === url ? paths.catalogRepository : undefined),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
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
