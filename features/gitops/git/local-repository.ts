import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exists } from '@croft/foundation/files';

/** A repository on this machine's disk, which need not be fetched: its objects are read where they are. */
export interface LocalRepository {
  /** The folder of its objects. */
  objects: string;
  /** The commit of a branch that has a file of its own; undefined where git must be asked. */
  findHead(branch: string): Promise<string | undefined>;
}

/** The repository at the path, bare or with a work tree; undefined when there is none. */
export async function findLocalRepository(path: string): Promise<LocalRepository | undefined> {
  if (!path.startsWith('/')) return undefined;
  for (const gitDir of [join(path, '.git'), path]) {
    const objects = join(gitDir, 'objects');
    if (!(await exists(join(gitDir, 'HEAD'))) || !(await exists(objects))) continue;
    return {
      objects,
      findHead: async (branch) => {
        if (branch.split('/').includes('..')) return undefined;
        const text = await readFile(join(gitDir, 'refs', 'heads', branch), 'utf8').catch(() => '');
        return /^[0-9a-f]{40}([0-9a-f]{24})?$/.exec(text.trim())?.[0];
      },
    };
  }
  return undefined;
}
