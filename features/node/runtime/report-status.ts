import { pods } from '@croft/api/kinds';
import { keyOf, type Stored } from '@croft/api/object';
import { isConflict, isNotFound } from '@croft/api/status';
import type { Container, ContainerStatus, Pod, PodStatus } from '@croft/api/types';
import { jsonEqual } from '@croft/foundation/json';
import { containerStatus, formatContainerId } from '../pod/container-status.ts';
import type { ContainerView } from '../pod/container-view.ts';
import { podStatus } from '../pod/pod-status.ts';
import { noteEnd } from './container-end.ts';
import { ephemeralContainersOf } from './ephemeral-containers.ts';
import type { NodeContext } from './node-context.ts';
import type { PodMemory } from './pod-memory.ts';
import { findSandbox, instancesOf } from './pod-views.ts';
import type { ProbeKind, ProbeState } from './probe-container.ts';
import { podIpOf } from './sandbox.ts';

/** Writes what is the case with a Pod into its status; gives the status. */
export async function reportStatus(
  context: NodeContext,
  pod: Stored<Pod>,
  views: readonly ContainerView[],
  initialized: boolean,
  failure?: { reason: string; message: string },
): Promise<PodStatus> {
  const memory = context.memories.of(pod.metadata.uid);
  const sandbox = findSandbox(views);
  const podIp = podIpOf(context, pod, sandbox) ?? pod.status?.podIP;
  const describe = (containers: readonly Container[], initial: string) =>
    Promise.all(containers.map((each) => describeContainer(context, pod, each, views, memory, podIp ?? '', initial)));
  const { containers = [], initContainers = [] } = pod.spec ?? {};
  const init = (await describe(initContainers, 'PodInitializing')).map((status) =>
    status.state?.terminated?.exitCode === 0 ? { ...status, ready: true } : status,
  );
  const main = await describe(containers, initialized ? 'ContainerCreating' : 'PodInitializing');
  const ephemeral = await describe(ephemeralContainersOf(pod), 'ContainerCreating');
  context.prober.keep(pod.metadata.uid, new Set(views.filter(({ state }) => state === 'running').map(({ id }) => id)));
  const status = podStatus(pod, {
    init,
    main,
    ephemeral: ephemeral.map(({ started: _, ...status }) => ({ ...status, ready: false })),
    initialized,
    sandboxReady: sandbox !== undefined,
    podIp,
    hostIp: context.hostIp,
    nowMs: context.clock.now(),
    ...(failure === undefined ? {} : { failure }),
  });
  await writeStatus(context, pod, status);
  return status;
}

async function describeContainer(
  context: NodeContext,
  pod: Stored<Pod>,
  container: Container,
  views: readonly ContainerView[],
  memory: PodMemory,
  podIp: string,
  initial: string,
): Promise<ContainerStatus> {
  const instances = instancesOf(views, container.name);
  for (const view of instances) await noteEnd(context, pod, container, view, memory);
  const [newest] = instances;
  const probed =
    newest?.state === 'running'
      ? probe(context, pod, container, newest, memory, podIp)
      : { started: false, ready: false };
  const waiting = memory.waiting.get(container.name);
  return containerStatus(
    container,
    instances,
    {
      ...probed,
      ends: memory.ends,
      ...(newest === undefined ? {} : { imageId: await context.images.describe(newest.imageId) }),
      ...(waiting === undefined ? {} : { waiting }),
    },
    initial,
  );
}

function probe(
  context: NodeContext,
  pod: Stored<Pod>,
  container: Container,
  view: ContainerView,
  memory: PodMemory,
  podIp: string,
): ProbeState {
  return context.prober.watch({
    container,
    id: view.id,
    podUid: pod.metadata.uid,
    podIp,
    before: statusBefore(pod, view),
    changed: () => context.enqueue(keyOf(pod)),
    failed: (kind: ProbeKind, message: string) =>
      context.events.record(pod, 'Warning', 'Unhealthy', `${kind} probe failed: ${message}`),
    condemned: (kind: ProbeKind) => {
      memory.condemned.set(
        view.id,
        `Container ${container.name} failed ${kind.toLowerCase()} probe, will be restarted`,
      );
      context.enqueue(keyOf(pod));
    },
  });
}

/** What the API says of this very container, from the time before this process. */
function statusBefore(pod: Pod, { id }: ContainerView): ProbeState | undefined {
  const statuses = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])];
  const known = statuses.find(({ containerID, state }) => containerID === formatContainerId(id) && state?.running);
  return known === undefined ? undefined : { started: known.started === true, ready: known.ready };
}

async function writeStatus({ client }: NodeContext, pod: Stored<Pod>, status: PodStatus): Promise<void> {
  if (jsonEqual(pod.status, status)) return;
  const gone = Object.keys(pod.status ?? {}).filter((field) => !(field in status));
  const patch = {
    metadata: { uid: pod.metadata.uid },
    status: { ...Object.fromEntries(gone.map((f) => [f, null])), ...status },
  };
  try {
    await client.patch(pods, keyOf(pod), patch, { subresource: 'status', fieldManager: 'kubelet' });
  } catch (error) {
    if (!isNotFound(error) && !isConflict(error)) throw error; // it is gone, or another took its name
  }
}
