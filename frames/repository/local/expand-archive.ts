import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { exists } from '@croft/foundation/files';
import { readArchive } from '@croft/helm/chart/archive';
import { loadChartFiles } from '@croft/helm/chart/load-files';

/**
 * Unpacks a packaged chart into a folder of its name within `parent`, all of it or nothing; gives that folder. Throws
 * ArchiveError, and when there is something of that name already.
 */
export async function expandArchive(data: Uint8Array, parent: string): Promise<string> {
  const files = readArchive(data);
  const { name } = loadChartFiles(files).metadata;
  const target = join(parent, name);
  if (await exists(target))
    throw new Error(`failed to untar: a file or directory with the name ${target} already exists`);
  await mkdir(parent, { recursive: true });
  const temporary = await mkdtemp(join(parent, `.${name}-`));
  try {
    for (const file of files) {
      const path = join(temporary, 'chart', file.name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, file.data);
    }
    await rename(join(temporary, 'chart'), target);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return target;
}
