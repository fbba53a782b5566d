import { constants } from 'node:fs';
import { access, appendFile, chmod, mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { persistentVolumeClaims, persistentVolumes } from '@croft/api/kinds';
import type { Pod, Volume } from '@croft/api/types';
import type { Client } from '@croft/client/client';
import { hasErrorCode } from '@croft/foundation/errors';
import { run } from '@croft/foundation/process';
import { ConfigError } from '../pod/config-error.ts';
import type { PodFacts } from '../pod/field-refs.ts';
import { amountOf } from '../pod/resource-limits.ts';
import { applyFsGroup } from './ownership.ts';
import { collectFiles, type FileSources, isProjection } from './projected-files.ts';
import { writeProjection } from './write-projection.ts';

export interface VolumeContext {
  client: Client;
  /** The Pod's folder for its volumes. */
  folder: string;
  facts: PodFacts;
  sources: FileSources;
  /** No container of the Pod runs yet: only then is a volume given to the Pod's group. */
  isFirst: boolean;
}

export interface PreparedVolume {
  path: string;
  readOnly: boolean;
}

/**
 * Makes a volume ready on the host and gives where it lies. Doing it again does no harm. Throws ConfigError when it
 * cannot be had yet.
 */
export async function prepareVolume(pod: Pod, volume: Volume, context: VolumeContext): Promise<PreparedVolume> {
  const path = join(context.folder, volume.name);
  const fsGroup = pod.spec?.securityContext?.fsGroup;
  if (isProjection(volume)) {
    await writeProjection(path, await collectFiles(pod, volume, context.facts, context.sources), fsGroup);
    return { path, readOnly: true };
  }
  if (volume.emptyDir !== undefined) {
    await prepareEmptyDir(path, volume.emptyDir);
    return await givenTo(pod, { path, readOnly: false }, context);
  }
  if (volume.hostPath !== undefined) {
    await prepareHostPath(volume.hostPath.path, volume.hostPath.type ?? '');
    return { path: volume.hostPath.path, readOnly: false };
  }
  if (volume.persistentVolumeClaim !== undefined) {
    const { claimName, readOnly = false } = volume.persistentVolumeClaim;
    return await givenTo(pod, { path: await findClaimPath(context.client, pod, claimName), readOnly }, context);
  }
  const kind = Object.keys(volume).find((key) => key !== 'name');
  throw new ConfigError(`volume "${volume.name}": volumes of type ${kind} are not supported`);
}

async function givenTo(pod: Pod, volume: PreparedVolume, { isFirst }: VolumeContext): Promise<PreparedVolume> {
  const { fsGroup, fsGroupChangePolicy } = pod.spec?.securityContext ?? {};
  if (isFirst && fsGroup !== undefined && !volume.readOnly) {
    await applyFsGroup(volume.path, fsGroup, fsGroupChangePolicy);
  }
  return volume;
}

async function prepareEmptyDir(path: string, { medium, sizeLimit }: { medium?: string; sizeLimit?: string }) {
  const made = await mkdir(path, { recursive: true, mode: 0o777 });
  if (made !== undefined) await chmod(path, 0o777); // whatever the process's umask
  if (medium !== 'Memory' || (await isMountPoint(path))) return;
  const size = sizeLimit === undefined ? [] : [`size=${Math.floor(amountOf(sizeLimit))}`];
  await run('mount', ['-t', 'tmpfs', '-o', ['mode=0777', ...size].join(','), 'tmpfs', path], { timeoutMs: 10_000 });
}

/** A folder on another device than the one above it. */
export async function isMountPoint(path: string): Promise<boolean> {
  const [own, above] = await Promise.all([stat(path), stat(dirname(path))]);
  return own.dev !== above.dev;
}

async function prepareHostPath(path: string, type: string): Promise<void> {
  if (type === 'DirectoryOrCreate') await mkdir(path, { recursive: true, mode: 0o755 });
  if (type === 'FileOrCreate') await appendFile(path, '', { mode: 0o644 });
  const found = await stat(path).catch((error: unknown) => {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  });
  if (found === undefined && type === '') {
    await mkdir(path, { recursive: true, mode: 0o755 });
    return;
  }
  const wanted: Record<string, boolean | undefined> = {
    Directory: found?.isDirectory(),
    File: found?.isFile(),
    Socket: found?.isSocket(),
    CharDevice: found?.isCharacterDevice(),
    BlockDevice: found?.isBlockDevice(),
  };
  if (wanted[type] === false || found === undefined) {
    throw new ConfigError(`hostPath type check failed: ${path} is not a ${type.toLowerCase() || 'path'}`);
  }
}

/** Where the volume of a bound claim lies on this machine. */
async function findClaimPath(client: Client, pod: Pod, claimName: string): Promise<string> {
  const claim = await client.find(persistentVolumeClaims, { namespace: pod.metadata?.namespace, name: claimName });
  if (claim === undefined) throw new ConfigError(`persistentvolumeclaim "${claimName}" not found`);
  const volumeName = claim.spec?.volumeName;
  if (volumeName === undefined || volumeName === '' || claim.status?.phase !== 'Bound') {
    throw new ConfigError(`persistentvolumeclaim "${claimName}" is not bound yet`);
  }
  const volume = await client.find(persistentVolumes, { name: volumeName });
  const path = volume?.spec?.local?.path ?? volume?.spec?.hostPath?.path;
  if (path === undefined) throw new ConfigError(`persistentvolume "${volumeName}" is no folder of this machine`);
  try {
    await access(path, constants.R_OK);
  } catch (error) {
    throw new ConfigError(`the folder ${path} of persistentvolume "${volumeName}" cannot be read: ${String(error)}`);
  }
  return path;
}
