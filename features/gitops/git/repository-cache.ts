import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exists } from '@croft/foundation/files';
import { type GitAccess, GitError } from './git-access.ts';
import type { ResolvedReference } from './references.ts';

const fetched = 'refs/croft/fetched';
/** Each fetch adds a pack: with so many it is quicker to begin anew. */
const mostPacks = 40;
const refusesObjects = /not our ref|unadvertised object|did not send|couldn't find remote ref|remote error/i;
/** Files are written as they are stored, whatever the repository's attributes say. */
const attributes = '* -text -ident -filter !working-tree-encoding\n';

/** A bare repository of our own in which one remote's commits are kept between fetches, each without its history. */
export interface RepositoryCache {
  readonly dir: string;
  /** Gives the commit's text as git stores it. Throws GitError. */
  fetch(wanted: ResolvedReference): Promise<string>;
  /** Writes the commit's files into an empty folder; only those below `paths`, if any are given. Throws GitError. */
  writeFiles(commit: string, folder: string, paths?: readonly string[]): Promise<void>;
  /** Like writeFiles, with the files of submodules, which are fetched too. */
  writeFilesWithSubmodules(commit: string, folder: string): Promise<void>;
  /** The object's text as git stores it. */
  readObject(object: string): Promise<string>;
}

export interface CacheOptions {
  dir: string;
  hash: 'sha1' | 'sha256';
  /** The objects of a repository on this machine: they are read there, and nothing is fetched. */
  objects?: string | undefined;
}

/** Opens the cache in `dir`, making it if need be. A lock that a killed process left is removed: `dir` is ours alone. */
export async function openRepositoryCache(access: GitAccess, options: CacheOptions): Promise<RepositoryCache> {
  const { dir, hash, objects } = options;
  await removeLeftovers(dir);
  if (!(await exists(join(dir, 'info', 'attributes')))) {
    await mkdir(join(dir, 'info'), { recursive: true, mode: 0o700 });
    await access.git(['init', '--quiet', '--bare', '--template=', `--object-format=${hash}`, dir]);
    if (objects !== undefined) await writeAlternates(dir, objects);
    await writeFile(join(dir, 'info', 'attributes'), attributes);
  }
  const git = (...args: string[]) => access.git(['--git-dir', dir, ...args]);
  const fetch = (...args: string[]) => beginAnewAfter(() => git('fetch', '--quiet', '--no-tags', '--force', ...args));

  /** What cannot be read or written may be damaged: the next try begins with an empty cache. */
  async function beginAnewAfter<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof GitError && refusesObjects.test(error.message))) await removeCache(dir);
      throw error;
    }
  }

  /** Not every server gives out an object by its name: then all branches and tags are fetched with their history. */
  async function fetchObject(object: string): Promise<void> {
    try {
      await fetch('--depth', '1', '--', access.url, `${object}:${fetched}`);
    } catch (error) {
      if (!(error instanceof GitError) || !refusesObjects.test(error.message)) throw error;
      const whole = (await exists(join(dir, 'shallow'))) ? ['--unshallow'] : [];
      await fetch(...whole, '--', access.url, 'refs/heads/*:refs/croft/heads/*', 'refs/tags/*:refs/croft/tags/*');
    }
  }

  return {
    dir,
    fetch: async ({ commit, ref, object }) => {
      if (objects === undefined) {
        if (ref !== undefined) await fetch('--depth', '1', '--', access.url, `${ref}:${fetched}`);
        // Somebody may have pushed since the reference was resolved.
        if ((await readFetched(dir)) !== object) await fetchObject(object);
      }
      return await beginAnewAfter(() => git('cat-file', 'commit', commit)).catch((error: unknown) => {
        const problem = `failed to fetch ${access.url}: the commit ${commit} is not in the repository`;
        throw new GitError(problem, { cause: error });
      });
    },
    writeFiles: (commit, folder, paths) =>
      paths === undefined
        ? beginAnewAfter(() => checkOut(access, dir, folder, ['read-tree', '--reset', '-u', commit]))
        : checkOut(access, dir, folder, ['--literal-pathspecs', 'checkout', '--quiet', commit, '--', ...paths]),
    writeFilesWithSubmodules: async (commit, folder) => {
      const inFolder = (...args: string[]) => access.git(['-C', folder, ...args]);
      await access.git(['init', '--quiet', '--template=', `--object-format=${hash}`, folder]);
      const gitDir = join(folder, '.git');
      await writeAlternates(gitDir, join(dir, 'objects'));
      await copyFile(join(dir, 'shallow'), join(gitDir, 'shallow')).catch(() => {}); // it has its whole history
      await inFolder('config', 'remote.origin.url', access.url);
      await inFolder('update-ref', '--no-deref', 'HEAD', commit);
      await inFolder('read-tree', '--reset', '-u', commit);
      await inFolder('submodule', '--quiet', 'update', '--init', '--recursive');
    },
    readObject: (object) => beginAnewAfter(() => git('cat-file', '-p', object)),
  };
}

/** Objects that are not there are looked for in the other folder. */
async function writeAlternates(gitDir: string, objects: string): Promise<void> {
  await mkdir(join(gitDir, 'objects', 'info'), { recursive: true });
  await writeFile(join(gitDir, 'objects', 'info', 'alternates'), `${objects}\n`);
}

async function readFetched(dir: string): Promise<string | undefined> {
  const text = await readFile(join(dir, fetched), 'utf8').catch(() => undefined);
  return text?.trim();
}

/** One process, with an index of its own that is gone afterwards. */
async function checkOut(access: GitAccess, dir: string, folder: string, args: readonly string[]): Promise<void> {
  const index = `${folder}.index`;
  const place = ['--git-dir', dir, '--work-tree', folder, '-c', 'core.bare=false'];
  try {
    await access.git([...place, ...args], { env: { GIT_INDEX_FILE: index } });
  } finally {
    await rm(index, { force: true });
  }
}

/** Out of the way at once, so that a process killed meanwhile leaves no half of it. */
async function removeCache(dir: string): Promise<void> {
  const away = `${dir}.removed`;
  await rm(away, { recursive: true, force: true });
  if (await exists(dir)) await rename(dir, away);
  await rm(away, { recursive: true, force: true });
}

async function removeLeftovers(dir: string): Promise<void> {
  await rm(`${dir}.removed`, { recursive: true, force: true });
  if (!(await exists(dir))) return;
  const packs = await readdir(join(dir, 'objects', 'pack')).catch(() => []);
  if (packs.filter((name) => name.endsWith('.pack')).length > mostPacks) await removeCache(dir);
  for (const lock of ['shallow.lock', 'packed-refs.lock', 'config.lock', 'HEAD.lock', `${fetched}.lock`])
    await rm(join(dir, lock), { force: true });
}
