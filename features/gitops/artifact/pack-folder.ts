import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '@croft/foundation/process';
import type { IsIgnored } from './source-ignore.ts';

const packTimeoutMs = 5 * 60_000;

/**
 * Removes what an artifact does not hold: what is ignored, and everything that is neither file nor folder. Symbolic links
 * are among it, as in Flux: nothing that reads an artifact can be led out of it. Gives the paths of the files left.
 */
export async function cleanFolder(root: string, isIgnored: IsIgnored): Promise<string[]> {
  const files: string[] = [];
  await cleanBelow(root, [], isIgnored, files);
  return files.sort();
}

/** Gives whether anything is left. */
async function cleanBelow(
  root: string,
  folder: readonly string[],
  isIgnored: IsIgnored,
  files: string[],
): Promise<boolean> {
  let isUsed = false;
  for (const entry of await readdir(join(root, ...folder), { withFileTypes: true })) {
    const path = [...folder, entry.name];
    const isGit = entry.name === '.git'; // of a submodule it is a file
    if (entry.isDirectory() && !isGit && (await cleanBelow(root, path, isIgnored, files))) isUsed = true;
    else if (entry.isFile() && !isGit && !isIgnored(path, false)) {
      files.push(path.join('/'));
      isUsed = true;
    } else await rm(join(root, ...path), { recursive: true, force: true });
  }
  return isUsed;
}

/** Writes these files of the folder as a tarball whose bytes depend on nothing but their names and contents. */
export async function packFolder(folder: string, files: readonly string[], tarball: string): Promise<void> {
  const plain = ['--format=gnu', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--mode=u=rwX,go=rX'];
  const list = ['--no-recursion', '--null', '--verbatim-files-from', '--files-from=-'];
  await run(
    'tar',
    ['--create', '--use-compress-program=gzip -1n', `--file=${tarball}`, `--directory=${folder}`, ...plain, ...list],
    {
      timeoutMs: packTimeoutMs,
      env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' },
      input: files.map((file) => `${file}\0`).join(''),
    },
  );
}

/**
 * Unpacks a tarball, compressed or not, into a folder that exists. No name and no link in it can lead out of the folder
 * (GNU tar sees to that, and fails), and owners are not taken over. Links and devices are unpacked: see cleanFolder.
 */
export async function unpackTarball(tarball: string, folder: string, signal?: AbortSignal): Promise<void> {
  const options = ['--no-same-owner', '--no-same-permissions'];
  await run('tar', ['--extract', `--file=${tarball}`, `--directory=${folder}`, ...options], {
    timeoutMs: packTimeoutMs,
    env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' },
    ...(signal === undefined ? {} : { signal }),
  });
}
