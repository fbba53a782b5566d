import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode, UserError } from '@croft/foundation/errors';
import { buildImage } from './build-image.ts';
import { findImage } from './images.ts';
import type { Podman } from './start-podman.ts';

/** Holds a Pod's network, names and shared memory, and does nothing. */
export const pauseImage = 'localhost/croft/pause:1';

const places = ['/usr/bin/catatonit', '/usr/libexec/podman/catatonit', '/usr/libexec/catatonit/catatonit'];

/** Makes the pause image from Podman's own static init program, unless it is there. Throws UserError. */
export async function ensurePauseImage(podman: Podman): Promise<void> {
  if ((await findImage(podman.engine, pauseImage)) !== undefined) return;
  const folder = await mkdtemp(join(podman.environment.TMPDIR, 'pause-'));
  try {
    await copyFirst(places, join(folder, 'catatonit'));
    await writeFile(
      join(folder, 'Containerfile'),
      'FROM scratch\nCOPY --chmod=755 catatonit /pause\nENTRYPOINT ["/pause","-P"]\n',
    );
    await buildImage({
      folder,
      name: pauseImage,
      environment: podman.environment,
      logPath: join(folder, 'build.log'),
      timeoutMs: 60_000,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function copyFirst(sources: readonly string[], target: string): Promise<void> {
  for (const source of sources) {
    try {
      await copyFile(source, target);
      return;
    } catch (error) {
      if (!hasErrorCode(error, 'ENOENT')) throw error;
    }
  }
  throw new UserError('catatonit is not installed: apt-get install catatonit');
}
