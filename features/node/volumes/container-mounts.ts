import { chmod, lstat, mkdir, realpath, stat } from 'node:fs/promises';
import { dirname, join, normalize, sep } from 'node:path';
import type { Container } from '@croft/api/types';
import { hasErrorCode } from '@croft/foundation/errors';
import type { BindMount } from '../engine/container-types.ts';
import { ConfigError } from '../pod/config-error.ts';
import { expandVariables } from '../pod/expand-variables.ts';
import type { PreparedVolume } from './prepare-volume.ts';

/** The mounts that a container asks for, of volumes that are ready. Sub-paths that are not there become folders. */
export async function containerMounts(
  container: Container,
  volumes: ReadonlyMap<string, PreparedVolume>,
  environment: ReadonlyMap<string, string>,
): Promise<BindMount[]> {
  const mounts: BindMount[] = [];
  for (const mount of container.volumeMounts ?? []) {
    const volume = volumes.get(mount.name);
    if (volume === undefined) throw new ConfigError(`cannot find volume "${mount.name}" to mount into container`);
    const subPath = mount.subPathExpr === undefined ? mount.subPath : expandVariables(mount.subPathExpr, environment);
    const source = subPath === undefined || subPath === '' ? volume.path : await subPathOf(volume, subPath);
    mounts.push(bind(source, mount.mountPath, volume.readOnly || mount.readOnly === true, mount.mountPropagation));
  }
  return mounts;
}

/** A file or folder of the host, seen in a container. */
export function bind(source: string, target: string, readOnly: boolean, propagation?: string): BindMount {
  const Propagation =
    propagation === 'HostToContainer' ? 'rslave' : propagation === 'Bidirectional' ? 'rshared' : 'rprivate';
  return { Type: 'bind', Source: source, Target: target, ReadOnly: readOnly, BindOptions: { Propagation } };
}

/** Throws ConfigError when the path, links followed, leads out of the volume. */
async function subPathOf(volume: PreparedVolume, subPath: string): Promise<string> {
  const path = join(volume.path, normalize(subPath));
  if (!isInside(volume.path, path)) throw new ConfigError(`subPath ${JSON.stringify(subPath)} leads out of the volume`);
  const there = await lstat(path).catch((error: unknown) => {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  });
  if (there === undefined) {
    if (volume.readOnly) throw new ConfigError(`subPath ${JSON.stringify(subPath)} is not there`);
    const { mode } = await stat(volume.path);
    await mkdir(dirname(path), { recursive: true });
    await mkdir(path, { recursive: true });
    await chmod(path, mode & 0o7777);
  }
  const real = await realpath(path);
  if (!isInside(await realpath(volume.path), real)) {
    throw new ConfigError(`subPath ${JSON.stringify(subPath)} leads out of the volume`);
  }
  return real;
}

function isInside(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder + sep);
}
