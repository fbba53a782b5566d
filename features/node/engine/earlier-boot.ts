import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode } from '@croft/foundation/errors';
import { writeFileAtomic } from '@croft/foundation/files';
import { readStartTime } from '@croft/foundation/start-time';

/**
 * Podman tells a reboot by its run folder being empty. This one may lie on a disk, so it is emptied when the system has
 * begun anew since it was noted there.
 */
export async function forgetEarlierBoot(runFolder: string): Promise<void> {
  const boot = await readBoot();
  const notePath = join(runFolder, 'boot');
  const noted = await readFile(notePath, 'utf8').catch((error: unknown) => {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  });
  if (noted === boot) return;
  if (noted !== undefined) await rm(runFolder, { recursive: true, force: true });
  await writeFileAtomic(notePath, boot);
}

/** That of the kernel, and that of the system: where a container is the host, it begins anew on the same kernel. */
async function readBoot(): Promise<string> {
  const kernel = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  return `${kernel} ${await readStartTime(1)}`;
}
