import type { EphemeralContainer, Pod } from '@croft/api/types';
import type { ContainerView } from '../pod/container-view.ts';
import type { NodeContext } from './node-context.ts';
import { lookAgainAfter } from './pod-memory.ts';
import { instancesOf } from './pod-views.ts';
import { type PodSetting, startPodContainer } from './start-container.ts';

export function ephemeralContainersOf(pod: Pod): readonly EphemeralContainer[] {
  return pod.spec?.ephemeralContainers ?? [];
}

/** Starts the containers that were added to a running Pod for debugging: each once, whatever becomes of it. */
export async function runEphemeralContainers(
  context: NodeContext,
  setting: PodSetting,
  views: readonly ContainerView[],
): Promise<void> {
  const wanted = ephemeralContainersOf(setting.pod).filter(
    ({ name }) => !instancesOf(views, name).some(({ state }) => state !== 'created'),
  );
  await Promise.all(wanted.map((container) => runEphemeralContainer(context, setting, container, views)));
}

async function runEphemeralContainer(
  context: NodeContext,
  setting: PodSetting,
  container: EphemeralContainer,
  views: readonly ContainerView[],
): Promise<void> {
  const { targetContainerName: target = '' } = container;
  if (target === '') return await startPodContainer(context, setting, container, 0);
  const processesOf = instancesOf(views, target).find(({ state }) => state === 'running')?.id;
  if (processesOf !== undefined) return await startPodContainer(context, { ...setting, processesOf }, container, 0);
  setting.memory.waiting.set(container.name, {
    reason: 'CreateContainerConfigError',
    message: `unable to find target container ${target}`,
  });
  lookAgainAfter(setting.memory, 1_000);
}
