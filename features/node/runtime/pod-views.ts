import type { ObjectKey } from '@croft/api/object';
import type { Connection } from '../engine/connection.ts';
import { findContainer, listContainers } from '../engine/containers.ts';
import { podName, podNamespace, sandboxContainer } from '../pod/container-labels.ts';
import { type ContainerView, parseContainer } from '../pod/container-view.ts';

/** All containers of Pods of this name, the newest of each name first; also those of earlier Pods of the same name. */
export async function readPodViews(engine: Connection, key: ObjectKey): Promise<ContainerView[]> {
  const labels = { [podNamespace]: key.namespace ?? '', [podName]: key.name };
  const summaries = await listContainers(engine, labels);
  const inspected = await Promise.all(summaries.map(({ Id }) => findContainer(engine, Id)));
  return inspected
    .flatMap((inspect) => (inspect === undefined ? [] : (parseContainer(inspect) ?? [])))
    .sort((a, b) => b.restartCount - a.restartCount);
}

/** The instances of one container, the newest first. */
export function instancesOf(views: readonly ContainerView[], name: string): ContainerView[] {
  return views.filter((view) => view.name === name);
}

export function findSandbox(views: readonly ContainerView[]): ContainerView | undefined {
  return views.find((view) => view.name === sandboxContainer && view.state === 'running');
}
