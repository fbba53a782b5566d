import { rm } from 'node:fs/promises';
import { removeContainer } from '../engine/containers.ts';
import { removeLog } from '../logs/log-files.ts';
import type { ContainerView } from '../pod/container-view.ts';
import type { NodeContext } from './node-context.ts';
import { lastWordsPath, logPath } from './pod-folders.ts';

// The newest instance and the one before it, whose end and log people ask for.
const kept = 2;

/** Removes instances of containers that nobody asks for any more, with their logs. */
export async function collectDead(context: NodeContext, views: readonly ContainerView[]): Promise<void> {
  const counts = new Map<string, number>();
  for (const view of views) {
    const count = (counts.get(view.name) ?? 0) + 1;
    counts.set(view.name, count);
    if (count <= kept || view.state === 'running') continue;
    await removeContainer(context.podman.engine, view.id);
    await removeLog(logPath(context, view));
    await rm(lastWordsPath(context, view), { force: true });
  }
}
