import { type FileHandle, open, readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { hasErrorCode } from '@croft/foundation/errors';

/** One file of a container's log. */
export interface LogFile {
  path: string;
  /** Stays the same when the file is renamed. */
  inode: number;
  sizeBytes: number;
}

/**
 * The files of a log, the oldest first: those set aside, then `path` itself, which the container writes. Empty when
 * there are none; `path` may be missing for a moment while the log is rotated.
 */
export async function listLogFiles(path: string): Promise<LogFile[]> {
  for (;;) {
    const names = await listNames(path);
    const found = await Promise.all(names.map((name) => findLogFile(join(dirname(path), name))));
    // A log that is rotated at this moment is listed anew.
    if (names.join('/') === (await listNames(path)).join('/')) return found.filter((file) => file !== undefined);
  }
}

async function listNames(path: string): Promise<string[]> {
  const names = (await ignoreMissing(readdir(dirname(path)))) ?? [];
  const isAside = (name: string) => asidePattern.test(name) && name.startsWith(`${basename(path)}.`);
  return [...names.filter(isAside).sort(), ...names.filter((name) => name === basename(path))];
}

/** Opens a file of a log, however it may be called meanwhile. Undefined when it is gone. */
export async function openLogFile(path: string, { inode }: LogFile): Promise<FileHandle | undefined> {
  for (;;) {
    const listed = (await listLogFiles(path)).find((file) => file.inode === inode);
    if (listed === undefined) return undefined;
    const file = await ignoreMissing(open(listed.path));
    if (file !== undefined && (await file.stat()).ino === inode) return file;
    await file?.close();
  }
}

/** Removes a log with all its files. */
export async function removeLog(path: string): Promise<void> {
  for (const file of await listLogFiles(path)) await rm(file.path, { force: true });
}

const asidePattern = /\.log\.\d{8}-\d{9}$/;

/** The name of the file that is set aside at a time, to the millisecond: `0.log.20260131-235959000`. */
export function asidePath(path: string, nowMs: number): string {
  const [date = '', time = ''] = new Date(nowMs).toISOString().split(/[TZ]/);
  return `${path}.${date.replaceAll('-', '')}-${time.replaceAll(/[:.]/g, '')}`;
}

async function findLogFile(path: string): Promise<LogFile | undefined> {
  const found = await ignoreMissing(stat(path));
  return found && { path, inode: found.ino, sizeBytes: found.size };
}

async function ignoreMissing<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
