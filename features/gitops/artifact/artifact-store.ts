import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, formatTime } from '@croft/foundation/clock';
import { hasErrorCode } from '@croft/foundation/errors';
import { run } from '@croft/foundation/process';
import type { Artifact } from '../types.ts';

/** Keeps what sources fetched: one tarball a revision, and beside it the unpacked folder that builds read. */
export interface ArtifactStore {
  /** Where a new tarball is to be written; pass it to `keep` or remove it. */
  temporaryFile(): Promise<string>;
  /** Takes a tarball in. The name is `<kind>/<namespace>/<name>`. */
  keep(name: string, revision: string, tarball: string): Promise<Artifact>;
  /** The folder with the artifact's files; it must not be written to. Throws when the artifact is gone or damaged. */
  open(artifact: Artifact): Promise<string>;
  /** Removes all that was kept under the name but for these. */
  prune(name: string, keep: readonly Artifact[]): Promise<void>;
}

const unpackTimeoutMs = 120_000;

export function createArtifactStore(root: string, clock: Clock): ArtifactStore {
  const unpacking = new Map<string, Promise<string>>();
  const fileOf = (artifact: Artifact) => join(root, artifact.path);
  const folderOf = (artifact: Artifact) => fileOf(artifact).replace(/\.tar\.gz$/, '');

  async function unpack(artifact: Artifact): Promise<string> {
    const folder = folderOf(artifact);
    if (await exists(folder)) return folder;
    const digest = await digestOf(fileOf(artifact));
    if (digest !== artifact.digest)
      throw new Error(`artifact ${artifact.path} has digest ${digest}, not ${artifact.digest}`);
    const temporary = `${folder}.${randomUUID()}.tmp`;
    await mkdir(temporary, { recursive: true });
    try {
      await run('tar', ['-xzf', fileOf(artifact), '-C', temporary, '--no-same-owner'], { timeoutMs: unpackTimeoutMs });
      await rename(temporary, folder);
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
    return folder;
  }

  return {
    temporaryFile: async () => {
      const folder = join(root, 'incoming');
      await mkdir(folder, { recursive: true });
      return join(folder, `${randomUUID()}.tar.gz`);
    },
    keep: async (name, revision, tarball) => {
      const digest = await digestOf(tarball);
      const path = `${name}/${digest.replace('sha256:', '')}.tar.gz`;
      await mkdir(join(root, name), { recursive: true });
      await rename(tarball, join(root, path));
      const { size } = await stat(join(root, path));
      return {
        path,
        url: `file://${join(root, path)}`,
        revision,
        digest,
        size,
        lastUpdateTime: formatTime(clock.now()),
      };
    },
    open: async (artifact) => {
      const running = unpacking.get(artifact.digest) ?? unpack(artifact);
      unpacking.set(artifact.digest, running);
      try {
        return await running;
      } finally {
        unpacking.delete(artifact.digest);
      }
    },
    prune: async (name, keep) => {
      const wanted = new Set(keep.flatMap((artifact) => [fileOf(artifact), folderOf(artifact)]));
      for (const entry of await readFolder(join(root, name))) {
        const path = join(root, name, entry);
        if (!wanted.has(path)) await rm(path, { recursive: true, force: true });
      }
    },
  };
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return `sha256:${hash.digest('hex')}`;
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return false;
    throw error;
  }
}

async function readFolder(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return [];
    throw error;
  }
}
