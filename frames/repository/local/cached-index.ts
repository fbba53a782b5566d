import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256Digest } from '@croft/foundation/digest';
import { errorMessage, hasErrorCode } from '@croft/foundation/errors';
import { writeFileAtomic } from '@croft/foundation/files';
import { fetchIndex, type Validators } from '../index/fetch-index.ts';
import { type RepositoryIndex, readIndex } from '../index/index-file.ts';
import { type LocalContext, repositoryConnection } from './context.ts';
import type { RepositoryEntry } from './repositories-file.ts';

export function indexPath(name: string, { settings }: LocalContext): string {
  return join(settings.repositoryCache, `${name}-index.yaml`);
}

function namesPath(name: string, { settings }: LocalContext): string {
  return join(settings.repositoryCache, `${name}-charts.txt`);
}

function validatorsPath(name: string, { settings }: LocalContext): string {
  return join(settings.repositoryCache, `${name}-index.json`);
}

/** The index of a repository as it was last fetched. Throws when there is none, or it cannot be read. */
export async function readCachedIndex(name: string, context: LocalContext): Promise<RepositoryIndex> {
  try {
    return await readIndex(indexPath(name, context), context.warn);
  } catch (error) {
    throw new Error(`no cached repo found. (try 'helm repo update'): ${errorMessage(error)}`, { cause: error });
  }
}

/**
 * Fetches a repository's index into the cache, where the real helm finds it, too; nothing but an index replaces what is
 * there. An index that has not changed is not fetched again. Throws FetchError, IndexError.
 */
export async function updateIndex(entry: RepositoryEntry, context: LocalContext): Promise<void> {
  const { name } = entry;
  await mkdir(context.settings.repositoryCache, { recursive: true });
  const temporary = `${indexPath(name, context)}.${randomUUID()}.tmp`;
  try {
    const connection = await repositoryConnection(entry, context);
    const fetched = await fetchIndex(entry.url, temporary, connection, await readValidators(entry, context));
    if (fetched === undefined) return;
    const { names } = await readNamed(temporary, entry.url);
    await writeFileAtomic(namesPath(name, context), names.map((one) => `${one}\n`).join(''), 0o644);
    await rename(temporary, indexPath(name, context));
    const { digest, validators } = fetched;
    await writeFileAtomic(validatorsPath(name, context), JSON.stringify({ url: entry.url, digest, ...validators }));
  } finally {
    await rm(temporary, { force: true });
  }
}

async function readNamed(path: string, url: string): Promise<RepositoryIndex> {
  try {
    return await readIndex(path);
  } catch (error) {
    throw new Error(errorMessage(error).replaceAll(path, url), { cause: error });
  }
}

/** What was said of the index that is in the cache; nothing when it is another one by now. */
async function readValidators({ name, url }: RepositoryEntry, context: LocalContext): Promise<Validators> {
  try {
    const known = JSON.parse(await readFile(validatorsPath(name, context), 'utf8')) as Validators & {
      url?: string;
      digest?: string;
    };
    if (known.url !== url || sha256Digest(await readFile(indexPath(name, context))) !== known.digest) return {};
    return { etag: known.etag, lastModified: known.lastModified };
  } catch (error) {
    if (error instanceof SyntaxError || hasErrorCode(error, 'ENOENT')) return {};
    throw error;
  }
}

/** Removes what is kept of a repository. */
export async function removeIndex(name: string, context: LocalContext): Promise<void> {
  for (const path of [indexPath, namesPath, validatorsPath]) await rm(path(name, context), { force: true });
}
