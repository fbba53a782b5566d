import { copyFile, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorMessage, hasErrorCode } from '@croft/foundation/errors';
import type { Dependency } from '@croft/helm/chart/chart';
import { readChart } from '@croft/helm/chart/load';

/**
 * Puts fetched packages into `charts/` and removes packages there that are no longer wanted; unpacked charts and those of
 * dependencies without a repository stay.
 */
export async function placeDependencies(
  dependencies: readonly Dependency[],
  from: string,
  charts: string,
  tell: (line: string) => void,
): Promise<void> {
  await ensureFolder(charts);
  const before = await readdir(charts, { withFileTypes: true });
  const fetched = await readdir(from);
  for (const name of fetched) await move(join(from, name), join(charts, name));
  tell('Deleting outdated charts');
  const local = new Set(dependencies.filter(({ repository }) => repository === '').map(({ name }) => name));
  for (const entry of before) {
    if (entry.isDirectory() || fetched.includes(entry.name)) continue;
    const path = join(charts, entry.name);
    try {
      if (!local.has((await readChart(path)).metadata.name)) await rm(path);
    } catch (error) {
      tell(`Could not verify ${path} for deletion: ${errorMessage(error)} (Skipping)`);
    }
  }
}

async function ensureFolder(path: string): Promise<void> {
  const info = await stat(path).catch((error: unknown) => {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  });
  if (info !== undefined && !info.isDirectory()) throw new Error(`"${path}" is not a directory`);
  await mkdir(path, { recursive: true });
}

/** Renames a file; onto another file system it is copied beside its place first. */
async function move(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!hasErrorCode(error, 'EXDEV')) throw error;
    await copyFile(from, `${to}.tmp`);
    await rename(`${to}.tmp`, to);
  }
}
