import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256Digest, sha256Hex } from '@croft/foundation/digest';
import { hasErrorCode } from '@croft/foundation/errors';
import { writeFileAtomic } from '@croft/foundation/files';

/** The tags that scans have found, on disk: there may be tens of thousands, too many for an object. */
export interface TagStore {
  /** Gives the digest of what is kept. */
  writeTags(uid: string, tags: readonly string[]): Promise<string>;
  /** Undefined when there was no scan, or what it found is lost. */
  readTags(uid: string): Promise<string[] | undefined>;
  removeTags(uid: string): Promise<void>;
}

/** One file for each ImageRepository, one line for each tag. */
export function createTagStore(dir: string): TagStore {
  const path = (uid: string) => join(dir, sha256Hex(uid).slice(0, 32));
  return {
    writeTags: async (uid, tags) => {
      const text = tags.map((tag) => `${tag}\n`).join('');
      await writeFileAtomic(path(uid), text);
      return sha256Digest(text);
    },
    readTags: async (uid) => {
      try {
        return (await readFile(path(uid), 'utf8')).split('\n').slice(0, -1);
      } catch (error) {
        if (hasErrorCode(error, 'ENOENT')) return undefined;
        throw error;
      }
    },
    removeTags: async (uid) => await rm(path(uid), { force: true }),
  };
}
