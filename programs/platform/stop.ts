import { readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@croft/foundation/clock';
import { hasErrorCode } from '@croft/foundation/errors';
import { exists } from '@croft/foundation/files';
import { createLog } from '@croft/foundation/log';
import { removeNetwork } from '@croft/network/remove-network';
import { stopContainers } from '@croft/node/stop-containers';
import { startInstancePodman } from './containers.ts';
import { findDaemon, stopDaemon } from './daemon.ts';
import type { Instance } from './instance.ts';
import { networkRanges, releaseNetwork } from './network-claims.ts';
import { networkOptions } from './network-options.ts';
import type { PlatformConfig } from './platform-config.ts';
import { hasSystemd, removeUnit, stopUnit } from './systemd.ts';

export interface StopOptions {
  dataDir: string;
  instance: Instance;
  clock: Clock;
  say(text: string): void;
}

/** Ends everything that an instance runs and set up on the machine; its data stays. */
export async function stopInstance(options: StopOptions): Promise<void> {
  await stopCroft(options);
  options.say('Stopping the applications');
  const config = platformConfig(options);
  const ranges = networkRanges(options.instance.network);
  using podman = await startInstancePodman(config, ranges);
  await stopContainers(podman, options.dataDir, options.clock);
  await removeNetwork({ ...networkOptions(config), ...ranges, clock: options.clock });
}

/** Removes an instance with all data. */
export async function removeInstance(options: StopOptions): Promise<void> {
  const { dataDir, instance, clock, say } = options;
  await stopCroft(options);
  say('Removing the applications');
  const config = platformConfig(options);
  const ranges = networkRanges(instance.network);
  if (await exists(join(dataDir, 'podman'))) {
    using podman = await startInstancePodman(config, ranges);
    await podman.removeAll();
  }
  await removeNetwork({ ...networkOptions(config), ...ranges, clock });
  if (await hasSystemd()) await removeUnit(instance.id);
  await removeFolder(dataDir);
  await releaseNetwork(instance.network);
}

/** A folder that is a mount of its own stays, empty. */
async function removeFolder(path: string): Promise<void> {
  for (const name of await readdir(path)) await rm(join(path, name), { recursive: true, force: true });
  await rmdir(path).catch((error: unknown) => {
    if (!hasErrorCode(error, 'EBUSY')) throw error;
  });
}

async function stopCroft({ dataDir, instance, clock, say }: StopOptions): Promise<void> {
  if (await hasSystemd()) await stopUnit(instance.id);
  if ((await findDaemon(dataDir)) === undefined) return;
  say('Stopping Croft');
  await stopDaemon(dataDir, clock);
}

function platformConfig({ dataDir, instance, clock }: StopOptions): PlatformConfig {
  return { dataDir, instance, clock, env: process.env, log: createLog((line) => process.stderr.write(line), 'warn') };
}
