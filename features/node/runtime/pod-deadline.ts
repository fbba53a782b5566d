import type { Stored } from '@croft/api/object';
import type { Pod } from '@croft/api/types';
import { sandboxContainer } from '../pod/container-labels.ts';
import type { ContainerView } from '../pod/container-view.ts';
import type { NodeContext } from './node-context.ts';
import { lookAgainAfter, type PodMemory } from './pod-memory.ts';
import { podIpOf } from './sandbox.ts';
import { stopPodContainer } from './stop-container.ts';

/** The verdict on a Pod that ran longer than it may, in the kubelet's words. */
export const deadlineExceeded = {
  reason: 'DeadlineExceeded',
  message: 'Pod was active on the node longer than the specified deadline',
};

/** Whether the Pod's time is over; asks for a look when it will be. */
export function isOverdue(context: NodeContext, pod: Pod, memory: PodMemory): boolean {
  const { activeDeadlineSeconds } = pod.spec ?? {};
  const startTime = pod.status?.startTime;
  if (activeDeadlineSeconds === undefined || startTime === undefined) return false;
  const leftMs = Date.parse(startTime) + activeDeadlineSeconds * 1000 - context.clock.now();
  if (leftMs > 0) lookAgainAfter(memory, leftMs);
  return leftMs <= 0;
}

/** Stops all containers of a Pod but its sandbox. */
export async function stopContainersOf(
  context: NodeContext,
  pod: Stored<Pod>,
  views: readonly ContainerView[],
  memory: PodMemory,
  graceSeconds: number,
): Promise<void> {
  const running = views.filter(({ name, state }) => name !== sandboxContainer && state === 'running');
  await Promise.all(
    running.map((view) => {
      const sandbox = views.find(({ id }) => id === view.sandboxId);
      const podIp = podIpOf(context, pod, sandbox) ?? '';
      const message = `Stopping container ${view.name}`;
      return stopPodContainer(context, pod, view, memory, { graceSeconds, podIp, message });
    }),
  );
}
