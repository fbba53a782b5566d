import { chmod, lchown, lstat, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Gives a volume to a Pod's fsGroup: everything in it belongs to the group, which may read and write it, and new files
 * inherit the group. With the policy OnRootMismatch nothing happens when the top folder is right already.
 */
export async function applyFsGroup(folder: string, group: number, policy: string | undefined): Promise<void> {
  const root = await stat(folder);
  const isRight = root.gid === group && (root.mode & 0o2070) === 0o2070;
  if (policy === 'OnRootMismatch' && isRight) return;
  for (const entry of await readdir(folder, { recursive: true })) await give(join(folder, entry), group);
  await give(folder, group); // last, as it tells that all is done
}

async function give(path: string, group: number): Promise<void> {
  const { uid, gid, mode, ...entry } = await lstat(path);
  if (gid !== group) await lchown(path, uid, group);
  if ((mode & 0o170000) === 0o120000) return; // a link has no mode of its own
  const isFolder = (mode & 0o170000) === 0o040000;
  const wanted = (mode & 0o7777) | (isFolder ? 0o2070 : 0o060);
  if (wanted !== (mode & 0o7777) && entry.nlink > 0) await chmod(path, wanted);
}
