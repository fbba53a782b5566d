import type { Stored } from '@croft/api/object';
import type { Container, Pod } from '@croft/api/types';
import { stopContainer } from '../engine/containers.ts';
import type { ContainerView } from '../pod/container-view.ts';
import type { NodeContext } from './node-context.ts';
import type { PodMemory } from './pod-memory.ts';
import { runHandler } from './run-handler.ts';

export interface StopOptions {
  graceSeconds: number;
  podIp: string;
  /** For the event. */
  message: string;
}

// What is left at least for the stop signal when the preStop hook has used up the time.
const leastSeconds = 2;

/** Runs the preStop hook, then stops the container, all within its time of grace; then it is killed. */
export async function stopPodContainer(
  context: NodeContext,
  pod: Stored<Pod>,
  view: ContainerView,
  memory: PodMemory,
  { graceSeconds, podIp, message }: StopOptions,
): Promise<void> {
  memory.stopped.add(view.id);
  context.events.record(pod, 'Normal', 'Killing', message);
  const startedAtMs = context.clock.now();
  const container = containerOf(pod, view.name);
  const hook = container?.lifecycle?.preStop;
  if (container !== undefined && hook !== undefined && graceSeconds > 0) {
    const target = { engine: context.podman.engine, container, containerId: view.id, podIp };
    const outcome = await runHandler(hook, target, graceSeconds * 1000, context.signal);
    if (!outcome.ok) {
      context.events.record(pod, 'Warning', 'FailedPreStopHook', `PreStopHook failed: ${outcome.message}`);
    }
  }
  const usedSeconds = (context.clock.now() - startedAtMs) / 1000;
  const left = graceSeconds === 0 ? 0 : Math.max(leastSeconds, Math.ceil(graceSeconds - usedSeconds));
  await stopContainer(context.podman.engine, view.id, left);
}

export function containerOf(pod: Pod, name: string): Container | undefined {
  const { containers = [], initContainers = [] } = pod.spec ?? {};
  return [...containers, ...initContainers].find((container) => container.name === name);
}
