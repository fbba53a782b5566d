import {
  chmod,
  chown,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hasErrorCode } from '@croft/foundation/errors';

export interface ProjectedFile {
  /** Below the volume's folder. */
  path: string;
  data: Buffer;
  mode: number;
}

const current = '..data';

/**
 * Makes a volume hold exactly these files. All change at once: the files lie in a folder of their own, which the link
 * `..data` names and through which the visible names lead; a reader sees either the old ones or the new ones, as
 * Kubernetes promises. Gives whether anything changed. `group` owns the files where given.
 */
export async function writeProjection(
  folder: string,
  files: readonly ProjectedFile[],
  group: number | undefined,
): Promise<boolean> {
  await mkdir(folder, { recursive: true, mode: 0o755 });
  if (await isCurrent(folder, files)) return false;
  const before = await readCurrent(folder);
  const version = `..${process.hrtime.bigint().toString(36)}`;
  const home = join(folder, version);
  await mkdir(home, { mode: 0o755 });
  for (const file of files) await writeProjected(home, file, group);
  await symlink(version, join(folder, `${current}_tmp`));
  await rename(join(folder, `${current}_tmp`), join(folder, current));
  await linkNames(folder, new Set(files.map(({ path }) => path.split('/')[0] ?? '')));
  if (before !== undefined) await rm(join(folder, before), { recursive: true, force: true });
  return true;
}

async function writeProjected(home: string, { path, data, mode }: ProjectedFile, group?: number): Promise<void> {
  const target = join(home, path);
  await mkdir(dirname(target), { recursive: true, mode: 0o755 });
  await writeFile(target, data, { mode });
  if (group !== undefined) await chown(target, 0, group);
  await chmod(target, group === undefined ? mode : mode | 0o040);
}

async function readCurrent(folder: string): Promise<string | undefined> {
  try {
    return await readlink(join(folder, current));
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function isCurrent(folder: string, files: readonly ProjectedFile[]): Promise<boolean> {
  const version = await readCurrent(folder);
  if (version === undefined) return false;
  const names = (await readdir(join(folder, version), { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  );
  if (names.length !== files.length) return false;
  for (const { path, data } of files) {
    const held = await readFile(join(folder, version, path)).catch((error: unknown) => {
      if (hasErrorCode(error, 'ENOENT') || hasErrorCode(error, 'ENOTDIR')) return undefined;
      throw error;
    });
    if (held === undefined || !held.equals(data)) return false;
  }
  return true;
}

/** The visible names: links through `..data`. Names no longer wanted go. */
async function linkNames(folder: string, names: ReadonlySet<string>): Promise<void> {
  for (const entry of await readdir(folder)) {
    if (!entry.startsWith('..') && !names.has(entry)) await rm(join(folder, entry), { recursive: true, force: true });
  }
  for (const name of names) {
    const path = join(folder, name);
    const there = await lstat(path).catch(() => undefined);
    if (there === undefined) await symlink(join(current, name), path);
  }
}
