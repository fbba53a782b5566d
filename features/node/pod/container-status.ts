import type { Container, ContainerState, ContainerStatus } from '@croft/api/types';
import type { ContainerView } from './container-view.ts';

/** What is known of a container beyond what the engine tells. */
export interface ContainerKnowledge {
  /** Why no container runs, where something stands in the way. */
  waiting?: { reason: string; message?: string };
  /** Of the running container, by its probes. */
  started: boolean;
  ready: boolean;
  /** The image's name with its digest. */
  imageId?: string;
  /** Last words by container id, and whether the kernel ended it for want of memory. */
  ends: ReadonlyMap<string, { message?: string; oomKilled?: boolean }>;
}

/** How container ids are written in statuses. */
export function formatContainerId(id: string): string {
  return `podman://${id}`;
}

/**
 * The status of one container. `views` are its instances, the newest first; `initial` says what to wait for when there
 * is none yet (`ContainerCreating`, or `PodInitializing` while init containers run).
 */
export function containerStatus(
  container: Container,
  views: readonly ContainerView[],
  knowledge: ContainerKnowledge,
  initial: string,
): ContainerStatus {
  const [newest, older] = views;
  const status: ContainerStatus = {
    name: container.name,
    state: { waiting: { reason: initial } },
    lastState: {},
    ready: false,
    restartCount: newest?.restartCount ?? 0,
    image: container.image ?? '',
    imageID: newest === undefined ? '' : (knowledge.imageId ?? newest.imageId),
    started: false,
  };
  if (newest !== undefined) status.containerID = formatContainerId(newest.id);
  const previous = newest?.state === 'running' || newest?.state === 'created' ? older : newest;
  if (newest?.state === 'running') {
    status.state = { running: newest.startedAt === undefined ? {} : { startedAt: newest.startedAt } };
    status.started = knowledge.started;
    status.ready = knowledge.ready;
  } else if (knowledge.waiting !== undefined) {
    status.state = { waiting: knowledge.waiting };
  } else if (newest?.state === 'exited') {
    status.state = { terminated: terminatedState(newest, knowledge) };
    if (older !== undefined) status.lastState = { terminated: terminatedState(older, knowledge) };
    return status;
  }
  if (previous?.state === 'exited') status.lastState = { terminated: terminatedState(previous, knowledge) };
  return status;
}

function terminatedState(view: ContainerView, { ends }: ContainerKnowledge): NonNullable<ContainerState['terminated']> {
  const end = ends.get(view.id);
  const oomKilled = view.oomKilled || end?.oomKilled === true;
  return {
    exitCode: view.exitCode,
    reason: oomKilled ? 'OOMKilled' : view.exitCode === 0 ? 'Completed' : 'Error',
    ...(end?.message === undefined || end.message === '' ? {} : { message: end.message }),
    ...(view.startedAt === undefined ? {} : { startedAt: view.startedAt }),
    ...(view.finishedAt === undefined ? {} : { finishedAt: view.finishedAt }),
    containerID: formatContainerId(view.id),
  };
}
