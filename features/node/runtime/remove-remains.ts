import { rm } from 'node:fs/promises';
import { removeCgroups } from '../engine/cgroups.ts';
import { removeContainer, stopContainer } from '../engine/containers.ts';
import { type ContainerIdentity, sandboxContainer } from '../pod/container-labels.ts';
import type { ContainerView } from '../pod/container-view.ts';
import { removePodFolder } from '../volumes/remove-volumes.ts';
import type { NodeContext } from './node-context.ts';
import { podFolder, podLogsFolder } from './pod-folders.ts';
import { podCgroup } from './sandbox.ts';

/** Stops and removes containers of Pods that the API no longer has, and all that was kept of them. */
export async function removePodRemains(context: NodeContext, views: readonly ContainerView[]): Promise<void> {
  const running = views.filter(({ name, state }) => name !== sandboxContainer && state === 'running');
  await Promise.all(running.map((view) => stopContainer(context.podman.engine, view.id, view.gracePeriodSeconds)));
  await removePodContainers(context, views);
  const gone = new Map(views.map((view) => [view.pod.uid, view.pod]));
  for (const pod of gone.values()) await forgetPod(context, pod);
}

/** Removes containers; the sandbox goes last, as the others depend on it. */
export async function removePodContainers(context: NodeContext, views: readonly ContainerView[]): Promise<void> {
  const { engine } = context.podman;
  const isSandbox = ({ name }: ContainerView) => name === sandboxContainer;
  await Promise.all(views.filter((view) => !isSandbox(view)).map(({ id }) => removeContainer(engine, id)));
  await Promise.all(views.filter(isSandbox).map(({ id }) => removeContainer(engine, id)));
}

/** Removes what was kept of a Pod on this machine: folder, logs, control group, memory. */
export async function forgetPod(context: NodeContext, pod: ContainerIdentity['pod']): Promise<void> {
  context.prober.keep(pod.uid, new Set());
  context.memories.forget(pod.uid);
  context.tokens.forget(pod.uid);
  await removePodFolder(podFolder(context, pod.uid));
  await rm(podLogsFolder(context, pod), { recursive: true, force: true });
  await removeCgroups(podCgroup(context, pod.uid));
}
