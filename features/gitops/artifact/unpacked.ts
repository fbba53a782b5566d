import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { exists } from '@croft/foundation/files';
import { cleanFolder, unpackTarball } from './pack-folder.ts';

/** Where an artifact's files lie beside its tarball. */
export function folderOf(tarball: string): string {
  return tarball.replace(/(\.tar\.gz|\.tgz)$/, '');
}

/** Unpacks a tarball beside itself, unless that was done before; gives the folder. */
export async function unpackArtifact(tarball: string): Promise<string> {
  const folder = folderOf(tarball);
  if (await exists(folder)) return folder;
  const temporary = `${folder}.${randomUUID()}.tmp`;
  await mkdir(temporary, { recursive: true, mode: 0o700 });
  try {
    await unpackTarball(tarball, temporary);
    await cleanFolder(temporary, () => false);
    await placeFolder(temporary, folder);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return folder;
}

/** Moves a folder to its place; the same contents may be there already. */
export async function placeFolder(from: string, to: string): Promise<void> {
  if (!(await exists(to))) await rename(from, to);
}
