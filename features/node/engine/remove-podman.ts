import { readFile, rm } from 'node:fs/promises';
import type { Clock } from '@croft/foundation/clock';
import { errorMessage } from '@croft/foundation/errors';
import type { Log } from '@croft/foundation/log';
import { run } from '@croft/foundation/process';
import { removeCgroups } from './cgroups.ts';
import type { Connection } from './connection.ts';
import { listContainers, removeContainer } from './containers.ts';
import { orMissing } from './engine-error.ts';
import { endMonitors } from './monitors.ts';
import type { PodNetwork } from './networks.ts';
import type { PodmanFolders } from './podman-config.ts';
import { stopPodmanService } from './podman-service.ts';

export interface RemovePodmanOptions {
  engine: Connection;
  folders: PodmanFolders;
  network: PodNetwork;
  cgroup: string;
  log: Log;
  clock: Clock;
}

/** Leaves nothing of the instance's Podman on the host. */
export async function removePodman(options: RemovePodmanOptions): Promise<void> {
  const { engine, folders, network, cgroup, log, clock } = options;
  await removeContainers(engine);
  await orMissing(engine.call({ method: 'DELETE', path: `/libpod/networks/${network.name}`, query: { force: true } }));
  await removeBridge(network.bridge);
  await stopPodmanService(folders.run, clock);
  await endMonitors(folders.state, clock);
  for (const mount of await readMountsBelow([folders.state, folders.run])) {
    await run('umount', ['--lazy', mount], { timeoutMs: 10_000 });
  }
  await rm(folders.state, { recursive: true, force: true });
  await rm(folders.run, { recursive: true, force: true });
  await removeCgroups(cgroup).catch((error) =>
    log.warn('a control group could not be removed', { cgroup, error: errorMessage(error) }),
  );
}

/** So many rounds in a row may remove nothing: by the first, Podman finds out that a container's monitor is dead. */
const emptyRounds = 3;

/** Containers that others join go after those. */
async function removeContainers(engine: Connection): Promise<void> {
  let left = await listContainers(engine);
  for (let empty = 0; left.length > 0; ) {
    const results = await Promise.allSettled(left.map(({ Id }) => removeContainer(engine, Id)));
    const before = left.length;
    left = await listContainers(engine);
    empty = left.length < before ? 0 : empty + 1;
    const failure = results.find((result) => result.status === 'rejected');
    if (empty >= emptyRounds && failure !== undefined) throw failure.reason;
  }
}

/** Podman leaves it where containers ended without its knowledge. */
async function removeBridge(name: string): Promise<void> {
  const { exitCode } = await run('ip', ['link', 'show', 'dev', name], { timeoutMs: 10_000, okExitCodes: [0, 1] });
  if (exitCode === 0) await run('ip', ['link', 'delete', 'dev', name], { timeoutMs: 10_000 });
}

/** Mount points inside these folders, the innermost first. */
async function readMountsBelow(folders: readonly string[]): Promise<string[]> {
  const mounts = (await readFile('/proc/self/mounts', 'utf8'))
    .split('\n')
    .map((line) => (line.split(' ')[1] ?? '').replaceAll('\\040', ' '))
    .filter((path) => folders.some((folder) => path.startsWith(`${folder}/`)));
  return mounts.sort((a, b) => b.length - a.length);
}
