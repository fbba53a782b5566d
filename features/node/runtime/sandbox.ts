import type { Stored } from '@croft/api/object';
import type { Pod } from '@croft/api/types';
import { createContainer, findContainer, removeContainer, startContainer } from '../engine/containers.ts';
import { ensurePauseImage, pauseImage } from '../engine/pause-image.ts';
import { renderContainerName, sandboxContainer } from '../pod/container-labels.ts';
import { renderSandboxRequest } from '../pod/container-request.ts';
import { type ContainerView, parseContainer } from '../pod/container-view.ts';
import type { NodeContext } from './node-context.ts';
import { identityOf } from './pod-folders.ts';
import { instancesOf } from './pod-views.ts';

/** Makes the container that holds the Pod's namespaces, after any earlier one that ended. */
export async function startSandbox(
  context: NodeContext,
  pod: Stored<Pod>,
  views: readonly ContainerView[],
): Promise<ContainerView> {
  const { podman } = context;
  await ensurePauseImage(podman);
  const [earlier] = instancesOf(views, sandboxContainer);
  const identity = {
    pod: identityOf(pod),
    name: sandboxContainer,
    restartCount: earlier === undefined ? 0 : earlier.restartCount + 1,
    hash: '',
    sandboxId: '',
    gracePeriodSeconds: pod.spec?.terminationGracePeriodSeconds ?? 30,
  };
  const request = renderSandboxRequest(pod, identity, {
    image: pauseImage,
    network: podman.network.name,
    cgroup: podCgroup(context, identity.pod.uid),
    canRaiseLimits: podman.abilities.canRaiseLimits,
  });
  const id = await createContainer(podman.engine, renderContainerName(identity), request);
  try {
    await startContainer(podman.engine, id);
  } catch (error) {
    await removeContainer(podman.engine, id);
    throw error;
  }
  const inspect = await findContainer(podman.engine, id);
  const view = inspect === undefined ? undefined : parseContainer(inspect);
  if (view === undefined) throw new Error('the sandbox vanished while it was started');
  return view;
}

export function podCgroup({ podman }: Pick<NodeContext, 'podman'>, uid: string): string {
  return `${podman.cgroup}/pod${uid}`;
}

/** The Pod's address; undefined while there is none. */
export function podIpOf(context: NodeContext, pod: Pod, sandbox: ContainerView | undefined): string | undefined {
  if (sandbox === undefined) return undefined;
  if (pod.spec?.hostNetwork) return context.hostIp;
  return sandbox.addresses[context.podman.network.name] || undefined;
}
