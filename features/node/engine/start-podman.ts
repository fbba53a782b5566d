import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Clock, systemClock } from '@croft/foundation/clock';
import { UserError } from '@croft/foundation/errors';
import { writeFileAtomic } from '@croft/foundation/files';
import type { Log } from '@croft/foundation/log';
import { type Connection, createConnection } from './connection.ts';
import { forgetEarlierBoot } from './earlier-boot.ts';
import { type HostAbilities, readHostAbilities } from './host-abilities.ts';
import { ensureNetwork, type PodNetwork } from './networks.ts';
import { type PodmanFolders, renderContainersConf, renderStorageConf } from './podman-config.ts';
import { answers, startPodmanService } from './podman-service.ts';
import { removePodman } from './remove-podman.ts';
import { watchExits } from './watch-exits.ts';

export interface PodmanOptions {
  /** The instance's data directory; images and containers lie under `podman/`, sockets under `run/podman/`. */
  dir: string;
  /** Tells instances on one machine apart: names the control group. Lower-case letters, digits and dashes. */
  instanceId: string;
  network: PodNetwork;
  /** Read-only image stores whose images are visible too. */
  imageStores?: readonly string[];
  log: Log;
  clock?: Clock;
}

/** A running Podman of the instance's own. Disposing it lets go of it: the service and the containers go on. */
export interface Podman extends Disposable {
  readonly engine: Connection;
  /** The environment by which the command `podman` works on this instance. */
  readonly environment: NodeJS.ProcessEnv & { TMPDIR: string };
  readonly abilities: HostAbilities;
  readonly network: PodNetwork;
  /** Parent of every Pod's control group. */
  readonly cgroup: string;
  /** Tells of each container that ends, by its id. */
  onExit(listener: (containerId: string) => void): Disposable;
  /** Starts the service anew when it no longer answers. */
  ensureRunning(): Promise<void>;
  /** Removes containers, network, mounts, images, control groups, and ends the service. */
  removeAll(): Promise<void>;
}

// sockaddr_un holds 108 bytes, the last of them zero.
const longestSocketPath = 107;

/** Starts the instance's Podman, or takes over the one that runs already. Throws UserError when that cannot be. */
export async function startPodman(options: PodmanOptions): Promise<Podman> {
  const { dir, instanceId, network, log, clock = systemClock } = options;
  const folders: PodmanFolders = { state: join(dir, 'podman'), run: join(dir, 'run', 'podman') };
  const socketPath = join(folders.run, 'podman.sock');
  if (Buffer.byteLength(socketPath) > longestSocketPath) {
    throw new UserError(`the path ${socketPath} is too long for a socket: choose a shorter data directory`);
  }
  const abilities = await readHostAbilities(process.env.PATH ?? '');
  const environment = {
    ...process.env,
    CONTAINERS_CONF: join(folders.state, 'containers.conf'),
    CONTAINERS_STORAGE_CONF: join(folders.state, 'storage.conf'),
    TMPDIR: join(folders.run, 'tmp'),
  };
  const config = { folders, abilities, imageStores: options.imageStores ?? [] };
  await forgetEarlierBoot(folders.run);
  for (const folder of [dirname(environment.CONTAINERS_CONF), environment.TMPDIR]) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  }
  await writeFileAtomic(environment.CONTAINERS_CONF, renderContainersConf(config));
  await writeFileAtomic(environment.CONTAINERS_STORAGE_CONF, renderStorageConf(config));

  const engine = createConnection(socketPath);
  const ensureRunning = async () => {
    if (await answers(engine)) return;
    log.info('starting podman', { runtime: abilities.runtime, cgroupVersion: abilities.cgroupVersion });
    await startPodmanService({ engine, runFolder: folders.run, environment, clock });
  };
  try {
    await ensureRunning();
    await ensureNetwork(engine, network);
  } catch (error) {
    engine[Symbol.dispose]();
    throw error;
  }
  const cgroup = `/croft-${instanceId}`;
  return {
    engine,
    environment,
    abilities,
    network,
    cgroup,
    ensureRunning,
    onExit: (listener) => watchExits(join(folders.run, 'libpod', 'exits'), listener),
    removeAll: async () => {
      await ensureRunning();
      await removePodman({ engine, folders, network, cgroup, log, clock });
    },
    [Symbol.dispose]: () => engine[Symbol.dispose](),
  };
}
