import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256Hex } from '@croft/foundation/digest';
import { errorMessage } from '@croft/foundation/errors';
import { exists } from '@croft/foundation/files';
import { createDiskReader } from '@croft/kustomize/source/reader';
import type { FetchRemote, Remote } from '@croft/kustomize/source/remote';
import { FetchError } from '@croft/repository/http/fetch-error';
import { fetchFile } from '@croft/repository/http/fetch-file';
import { type GitAccess, GitError, openGitAccess } from '../git/git-access.ts';
import { type ResolvedReference, resolveReference } from '../git/references.ts';
import { openRepositoryCache } from '../git/repository-cache.ts';
import { type BaseAddress, parseBaseAddress } from './base-address.ts';

export interface RemoteBaseOptions {
  /** What is fetched is kept in it while the process runs; emptied at the first need. */
  dir: string;
  /** Beginnings of addresses that may be followed now, such as `https://github.com/example/`; `*` allows all. */
  allowed(): readonly string[];
}

const timeoutMs = 60_000;
const mostFileBytes = 10 * 1024 * 1024;

/** Follows addresses of files and git repositories, without credentials, as far as they are allowed. */
export function createRemoteBases({ dir, allowed }: RemoteBaseOptions): FetchRemote {
  let last: Promise<unknown> = Promise.resolve();
  let isEmptied = false;
  /** One at a time, as they share caches. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work, work);
    last = turn.catch(() => {});
    return turn;
  };
  return async (address) => {
    const base = parseBaseAddress(address);
    if (!base.isExplicit) {
      requireAllowed(allowed(), new URL(address).href);
      const file = await fetchText(address);
      if (file !== undefined) return file;
    }
    requireAllowed(allowed(), base.url);
    return await inTurn(async () => {
      if (!isEmptied) await rm(dir, { recursive: true, force: true });
      isEmptied = true;
      return await fetchFolder(dir, base);
    });
  };
}

function requireAllowed(allowed: readonly string[], url: string): void {
  const fits = (beginning: string) =>
    beginning === '*' || url === beginning || url.startsWith(beginning.endsWith('/') ? beginning : `${beginning}/`);
  if (!allowed.some(fits)) throw new Error('is not allowed: put its files into the source, or allow its address');
}

/** Undefined when the address answers with a page, or not at all: it may be a repository. */
async function fetchText(url: string): Promise<Remote | undefined> {
  try {
    const content = await fetchFile(url, mostFileBytes, { timeoutMs });
    return /^\s*<(!doctype|html)/i.test(content.subarray(0, 200).toString('utf8')) ? undefined : { content };
  } catch (error) {
    if (error instanceof FetchError && error.status !== undefined) return undefined;
    throw error;
  }
}

async function fetchFolder(dir: string, { url, ref, path }: BaseAddress): Promise<Remote> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const name = sha256Hex(url).slice(0, 32);
  const scratch = await mkdtemp(join(dir, 'scratch-'));
  try {
    const access = await openGitAccess({ url, credentials: {}, timeoutMs }, scratch);
    const cache = await openRepositoryCache(access, { dir: join(dir, name), hash: 'sha1' });
    const wanted = await resolveBase(access, ref);
    await cache.fetch(wanted);
    const folder = join(dir, `${name}-${wanted.commit}`);
    if (!(await exists(folder))) {
      const made = join(scratch, 'files');
      await mkdir(made);
      await cache.writeFiles(wanted.commit, made);
      await rename(made, folder);
    }
    return { reader: createDiskReader(folder), root: join(folder, path) };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** A name may be that of a commit, a tag or a branch. */
async function resolveBase(access: GitAccess, ref: string | undefined): Promise<ResolvedReference> {
  if (ref === undefined) return await resolveReference(access, { name: 'HEAD' });
  if (/^[0-9a-f]{40}$/.test(ref)) return await resolveReference(access, { commit: ref });
  try {
    return await resolveReference(access, { name: ref.startsWith('refs/') ? ref : `refs/heads/${ref}` });
  } catch (error) {
    if (!(error instanceof GitError) || !/has no reference/.test(errorMessage(error))) throw error;
    return await resolveReference(access, { tag: ref });
  }
}
