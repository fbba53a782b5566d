import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode } from '@croft/foundation/errors';
import { run } from '@croft/foundation/process';
import { isMountPoint } from './prepare-volume.ts';

/** Removes a Pod's folder; volumes in memory that are mounted under `volumes` are unmounted first. */
export async function removePodFolder(folder: string): Promise<void> {
  const volumes = join(folder, 'volumes');
  const names = await readdir(volumes).catch((error: unknown) => {
    if (hasErrorCode(error, 'ENOENT')) return [];
    throw error;
  });
  for (const name of names) {
    const path = join(volumes, name);
    if (await isMountPoint(path)) await run('umount', ['--lazy', path], { timeoutMs: 10_000 });
  }
  await rm(folder, { recursive: true, force: true });
}
