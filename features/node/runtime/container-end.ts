import { open } from 'node:fs/promises';
import type { Container, Pod } from '@croft/api/types';
import { hasErrorCode } from '@croft/foundation/errors';
import { readLogTail } from '../logs/read-log.ts';
import { formatContainerId } from '../pod/container-status.ts';
import type { ContainerView } from '../pod/container-view.ts';
import type { NodeContext } from './node-context.ts';
import { lastWordsPath, logPath } from './pod-folders.ts';
import type { PodMemory } from './pod-memory.ts';

const longestMessage = 4096;
const killedExitCode = 137;

/** Finds out how an ended container ended: its last words, and whether it ran out of memory. */
export async function noteEnd(
  context: NodeContext,
  pod: Pod,
  container: Container,
  view: ContainerView,
  memory: PodMemory,
): Promise<void> {
  if (view.state !== 'exited' || memory.ends.has(view.id)) return;
  const recorded = findRecorded(pod, view.id);
  const message = recorded?.message ?? (await readMessage(context, container, view));
  const oomKilled = recorded === undefined ? ranOutOfMemory(container, view, memory) : recorded.reason === 'OOMKilled';
  memory.ends.set(view.id, { message, oomKilled });
}

/** Podman 4 does not tell: a container with a memory limit that was killed by nobody we know was killed by the kernel. */
function ranOutOfMemory(container: Container, view: ContainerView, memory: PodMemory): boolean {
  const limited = container.resources?.limits?.memory !== undefined;
  return view.oomKilled || (limited && view.exitCode === killedExitCode && !memory.stopped.has(view.id));
}

/** What the Pod's status says of a container that ended before this process began. */
function findRecorded(pod: Pod, id: string): { reason?: string; message?: string } | undefined {
  const containerID = formatContainerId(id);
  const { initContainerStatuses = [], containerStatuses = [], ephemeralContainerStatuses = [] } = pod.status ?? {};
  const statuses = [...initContainerStatuses, ...containerStatuses, ...ephemeralContainerStatuses];
  return statuses
    .flatMap(({ state, lastState }) => [state?.terminated, lastState?.terminated])
    .find((terminated) => terminated?.containerID === containerID);
}

async function readMessage(context: NodeContext, container: Container, view: ContainerView): Promise<string> {
  const words = await readEnd(lastWordsPath(context, view), longestMessage);
  const wantsLog = container.terminationMessagePolicy === 'FallbackToLogsOnError';
  if (words !== '' || !wantsLog || view.exitCode === 0) return words;
  return (await readLogTail(logPath(context, view), 80)).slice(-2048);
}

/** The first bytes of a file; empty when there is none. */
async function readEnd(path: string, bytes: number): Promise<string> {
  try {
    await using file = await open(path);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, 0);
    return buffer.subarray(0, bytesRead).toString('utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return '';
    throw error;
  }
}
