import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, extname, join, resolve, sep } from 'node:path';
import { type Clock, formatTime } from '@croft/foundation/clock';
import { sha256Digest } from '@croft/foundation/digest';
import { exists } from '@croft/foundation/files';
import type { Artifact } from '../types.ts';
import { createDerived, type DerivedKind } from './derived.ts';
import { fetchArtifact } from './fetch-artifact.ts';
import { digestOf } from './file-facts.ts';
import { cleanFolder, packFolder } from './pack-folder.ts';
import { pruneOld } from './retention.ts';
import type { IsIgnored } from './source-ignore.ts';
import { folderOf, placeFolder, unpackArtifact } from './unpacked.ts';

/** Keeps what sources fetched, by the digests of their contents, and beside each tarball the folder that builds read. */
export interface ArtifactStore {
  /** A new empty folder to fetch into; it ends when it is disposed, unless `keepFolder` took it. */
  openScratch(): Promise<Scratch>;
  /** Takes the folder in as a tarball, without what is ignored. The name is `<kind>/<namespace>/<name>`. */
  keepFolder(name: string, revision: string, folder: string, isIgnored: IsIgnored): Promise<Artifact>;
  /** Takes one file in as it is; the extension (`.tgz`) is that of its name. */
  keepFile(name: string, revision: string, file: string): Promise<Artifact>;
  /** Like keepFile, of what is in memory; `extension` is such as `.tgz`. */
  keepBytes(name: string, revision: string, data: Uint8Array, extension: string): Promise<Artifact>;
  /** Whether the file is there undamaged. */
  isKept(artifact: Artifact): Promise<boolean>;
  /** The folder with the artifact's files; it must not be written to. Throws when the artifact is gone or damaged. */
  open(artifact: Artifact): Promise<string>;
  /** The artifact's file itself; it must not be written to. Throws when it is gone or damaged. */
  openFile(artifact: Artifact): Promise<string>;
  /** What was made of an artifact's contents: see Derived. */
  derive<T>(kind: DerivedKind, artifact: Pick<Artifact, 'digest'>, what: string, make: () => Promise<T>): Promise<T>;
  /** The URL under which the artifact is served now. */
  urlOf(artifact: Artifact): Promise<string>;
  /** Removes old artifacts of the source: this one and the one before it stay, others while they are young. */
  prune(name: string, current: Artifact): Promise<void>;
  /** Removes all that was kept under the name. */
  remove(name: string): Promise<void>;
}

export interface Scratch extends AsyncDisposable {
  folder: string;
}

const incoming = 'incoming';
const foreign = 'foreign';

/** `origin` is where the artifacts are served over HTTP; without it they have file URLs. */
export function createArtifactStore(root: string, clock: Clock, origin?: () => Promise<string>): ArtifactStore {
  const opening = new Map<string, Promise<string>>();
  const verified = new Set<string>();
  const derived = createDerived();
  let cleaned: Promise<void> | undefined;

  /** A status can be written by others too: its path must not lead out of here. */
  const fileOf = (artifact: Artifact): string => {
    const path = resolve(root, artifact.path);
    if (!path.startsWith(`${resolve(root)}${sep}`))
      throw new Error(`the artifact path ${artifact.path} is no path here`);
    return path;
  };
  const urlOf = async ({ path }: Pick<Artifact, 'path'>): Promise<string> =>
    origin === undefined ? `file://${join(root, path)}` : `${await origin()}/${path}`;

  async function describe(path: string, digest: string, revision: string): Promise<Artifact> {
    const { size } = await stat(join(root, path));
    verified.add(path);
    return { path, url: await urlOf({ path }), revision, digest, size, lastUpdateTime: formatTime(clock.now()) };
  }

  async function takeIn(name: string, file: string, extension: string): Promise<{ path: string; digest: string }> {
    const digest = await digestOf(file);
    const path = pathOf(name, digest, extension);
    await mkdir(join(root, name), { recursive: true, mode: 0o700 });
    await rename(file, join(root, path));
    return { path, digest };
  }

  async function verify(artifact: Artifact, file: string): Promise<string> {
    if (verified.has(artifact.path) && (await stat(file)).size === artifact.size) return file;
    const digest = await digestOf(file);
    if (digest !== artifact.digest)
      throw new Error(`artifact ${artifact.path} has digest ${digest}, not ${artifact.digest}`);
    verified.add(artifact.path);
    return file;
  }

  async function openFile(artifact: Artifact): Promise<string> {
    const file = fileOf(artifact);
    if (await exists(file)) return await verify(artifact, file);
    if (!/^https?:/.test(artifact.url) || artifact.url === (await urlOf(artifact)))
      throw new Error(`artifact ${artifact.path} is gone`);
    return await fetchArtifact(artifact, join(root, foreign));
  }

  async function unpack(artifact: Artifact): Promise<string> {
    const own = folderOf(fileOf(artifact));
    return (await exists(own)) ? own : await unpackArtifact(await openFile(artifact));
  }

  return {
    openScratch: async () => {
      cleaned ??= rm(join(root, incoming), { recursive: true, force: true }); // what a killed process left
      await cleaned;
      const folder = join(root, incoming, randomUUID());
      await mkdir(folder, { recursive: true, mode: 0o700 });
      return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
    },
    keepFolder: async (name, revision, folder, isIgnored) => {
      const tarball = `${folder}.tar.gz`;
      try {
        await packFolder(folder, await cleanFolder(folder, isIgnored), tarball);
        const { path, digest } = await takeIn(name, tarball, '.tar.gz');
        await placeFolder(folder, folderOf(join(root, path)));
        return await describe(path, digest, revision);
      } finally {
        await rm(tarball, { force: true });
      }
    },
    keepFile: async (name, revision, file) => {
      const { path, digest } = await takeIn(name, file, extname(file));
      return await describe(path, digest, revision);
    },
    keepBytes: async (name, revision, data, extension) => {
      const digest = sha256Digest(data);
      const path = pathOf(name, digest, extension);
      await mkdir(join(root, name), { recursive: true, mode: 0o700 });
      const temporary = `${join(root, path)}.${randomUUID()}.tmp`;
      await writeFile(temporary, data, { mode: 0o600 });
      await rename(temporary, join(root, path));
      return await describe(path, digest, revision);
    },
    isKept: async (artifact) => {
      const file = fileOf(artifact);
      if (!(await exists(file))) return false;
      return await verify(artifact, file).then(
        () => true,
        () => false,
      );
    },
    open: async (artifact) => {
      const id = `${artifact.path} ${artifact.digest}`;
      const running = opening.get(id) ?? unpack(artifact);
      opening.set(id, running);
      try {
        return await running;
      } finally {
        opening.delete(id);
      }
    },
    openFile,
    derive: (kind, { digest }, what, make) => derived.get(kind, digest, what, make),
    urlOf,
    prune: async (name, current) => {
      const removed = await pruneOld(join(root, name), basename(current.path), clock.now());
      for (const file of removed) verified.delete(`${name}/${file}`);
    },
    remove: (name) => rm(join(root, name), { recursive: true, force: true }),
  };
}

function pathOf(name: string, digest: string, extension: string): string {
  return `${name}/${digest.replace(':', '-')}${extension}`;
}
