import { pods } from '@croft/api/kinds';
import { keyOf, type Stored } from '@croft/api/object';
import { isConflict } from '@croft/api/status';
import type { Pod } from '@croft/api/types';
import { stopContainer } from '../engine/containers.ts';
import { sandboxContainer } from '../pod/container-labels.ts';
import type { ContainerView } from '../pod/container-view.ts';
import type { NodeContext } from './node-context.ts';
import { stopContainersOf } from './pod-deadline.ts';
import { readPodViews } from './pod-views.ts';
import { forgetPod, removePodContainers } from './remove-remains.ts';
import { reportStatus } from './report-status.ts';
import { initialized } from './run-containers.ts';

/** Stops a Pod that is being deleted, tells how its containers ended, and lets its object go. */
export async function terminatePod(
  context: NodeContext,
  pod: Stored<Pod>,
  views: readonly ContainerView[],
): Promise<void> {
  const { uid } = pod.metadata;
  const memory = context.memories.of(uid);
  const graceSeconds = pod.metadata.deletionGracePeriodSeconds ?? pod.spec?.terminationGracePeriodSeconds ?? 30;
  context.prober.keep(uid, new Set());
  await stopContainersOf(context, pod, views, memory, graceSeconds);
  const after = (await readPodViews(context.podman.engine, keyOf(pod))).filter((view) => view.pod.uid === uid);
  memory.waiting.clear();
  await reportStatus(context, pod, after, initialized(pod, after));
  await removePodContainers(context, after);
  await forgetPod(context, { uid, name: pod.metadata.name, namespace: pod.metadata.namespace ?? '' });
  try {
    await context.client.remove(pods, keyOf(pod), { gracePeriodSeconds: 0, uid });
  } catch (error) {
    if (!isConflict(error)) throw error; // another Pod has the name by now
  }
}

/** A finished Pod needs no address any more. */
export async function stopSandbox(context: NodeContext, views: readonly ContainerView[]): Promise<void> {
  const running = views.filter(({ name, state }) => name === sandboxContainer && state === 'running');
  await Promise.all(running.map(({ id }) => stopContainer(context.podman.engine, id, 0)));
}
