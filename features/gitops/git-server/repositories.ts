import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode, UserError } from '@croft/foundation/errors';
import { exists } from '@croft/foundation/files';
import { findBranchHead, gitIn } from './bare-git.ts';

/** A bare repository that the instance serves. */
export interface ServedRepository {
  name: string;
  dir: string;
  /** Its main branch. */
  branch: string;
  /** The commit there; undefined while nothing was pushed. */
  head: string | undefined;
  /** Reading needs a token too. */
  isPrivate: boolean;
}

export const mainBranch = 'main';
const suffix = '.git';
const namePattern = /^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/;
/** A file in a repository that only holders of a token may read. */
const privateMarker = 'croft-private';

/** Where the repository of that name lies. Throws UserError for what is no name. */
export function repositoryDir(root: string, name: string): string {
  if (!namePattern.test(name) || name.includes('..') || name.length > 100 || name.endsWith(suffix))
    throw new UserError(`"${name}": the name of a repository is of a-z, 0-9, ".", "_" and "-", without ".git"`);
  return join(root, `${name}${suffix}`);
}

/** All repositories, by name. */
export async function listRepositories(root: string): Promise<ServedRepository[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch((error: unknown) => {
    if (hasErrorCode(error, 'ENOENT')) return [];
    throw error;
  });
  const names = entries
    .filter((entry) => entry.isDirectory() && entry.name.endsWith(suffix))
    .map((entry) => entry.name.slice(0, -suffix.length))
    .filter((name) => namePattern.test(name))
    .sort();
  return await Promise.all(names.map((name) => readRepository(root, name)));
}

async function readRepository(root: string, name: string): Promise<ServedRepository> {
  const dir = repositoryDir(root, name);
  const git = gitIn(dir);
  const branch = await git(['symbolic-ref', '--short', 'HEAD']);
  return { name, dir, branch, head: await findBranchHead(git, branch), isPrivate: await isPrivate(dir) };
}

/** Makes an empty repository. Throws UserError when there is one. */
export async function createRepository(
  root: string,
  name: string,
  { isPrivate = false }: { isPrivate?: boolean } = {},
): Promise<void> {
  const dir = repositoryDir(root, name);
  if (await isRepository(dir)) throw new UserError(`there is a repository "${name}" already`);
  // Under another name first: a half-made one is never served.
  const half = join(root, `.${name}.new`);
  await rm(half, { recursive: true, force: true });
  await initRepository(half);
  if (isPrivate) await writeFile(join(half, privateMarker), '', { mode: 0o600 });
  await rename(half, dir);
}

/** Removes a repository with all that was pushed to it. Throws UserError when there is none. */
export async function removeRepository(root: string, name: string): Promise<void> {
  const dir = repositoryDir(root, name);
  if (!(await isRepository(dir))) throw new UserError(`there is no repository "${name}"; "croft git list" shows all`);
  await rm(dir, { recursive: true });
}

/** An empty bare repository that can be pushed to. */
export async function initRepository(dir: string, branch = mainBranch): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const git = gitIn(dir);
  await git(['init', '--quiet', '--bare', `--initial-branch=${branch}`]);
  await git(['config', 'http.receivepack', 'true']);
}

/** Whether a repository, complete or not, lies there. */
export async function isRepository(dir: string): Promise<boolean> {
  return await exists(join(dir, 'HEAD'));
}

export async function isPrivate(dir: string): Promise<boolean> {
  return await exists(join(dir, privateMarker));
}
