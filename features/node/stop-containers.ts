import { join } from 'node:path';
import type { Clock } from '@croft/foundation/clock';
import { listContainers, removeContainer, stopContainer } from './engine/containers.ts';
import { stopPodmanService } from './engine/podman-service.ts';
import type { Podman } from './engine/start-podman.ts';
import { parseLabels, sandboxContainer } from './pod/container-labels.ts';

const otherGraceSeconds = 10;

/**
 * Ends all containers of an instance, each in its grace period, and Podman's service. Volumes, images and logs stay; the
 * next start of the node makes the Pods' containers anew.
 */
export async function stopContainers(podman: Podman, dir: string, clock: Clock): Promise<void> {
  const containers = (await listContainers(podman.engine)).map(({ Id, Labels }) => ({
    id: Id,
    identity: parseLabels(Labels),
  }));
  const isSandbox = ({ identity }: (typeof containers)[number]) => identity?.name === sandboxContainer;
  await Promise.all(
    containers
      .filter((container) => !isSandbox(container))
      .map(async ({ id, identity }) => {
        await stopContainer(podman.engine, id, identity?.gracePeriodSeconds ?? otherGraceSeconds);
        await removeContainer(podman.engine, id);
      }),
  );
  await Promise.all(containers.filter(isSandbox).map(({ id }) => removeContainer(podman.engine, id)));
  await stopPodmanService(join(dir, 'run', 'podman'), clock);
}
