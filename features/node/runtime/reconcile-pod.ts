import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { keyOf, type ObjectKey, type Stored } from '@croft/api/object';
import type { Pod } from '@croft/api/types';
import { errorMessage, hasErrorCode } from '@croft/foundation/errors';
import { ConfigError } from '../pod/config-error.ts';
import type { ContainerView } from '../pod/container-view.ts';
import { renderHosts, renderResolvConf } from '../pod/name-files.ts';
import { createApiSources } from '../volumes/api-file-sources.ts';
import { type PreparedVolume, prepareVolume } from '../volumes/prepare-volume.ts';
import { collectDead } from './collect-dead.ts';
import { isFinished } from './finished.ts';
import type { NodeContext } from './node-context.ts';
import { deadlineExceeded, isOverdue, stopContainersOf } from './pod-deadline.ts';
import { podFolder, volumesFolder } from './pod-folders.ts';
import { lookAgainAfter, type PodMemory } from './pod-memory.ts';
import { findSandbox, instancesOf, readPodViews } from './pod-views.ts';
import { removePodRemains } from './remove-remains.ts';
import { reportStatus } from './report-status.ts';
import { initialized, runContainers } from './run-containers.ts';
import { podIpOf, startSandbox } from './sandbox.ts';
import { stopSandbox, terminatePod } from './terminate-pod.ts';

// Mounted configMaps and secrets change by watches; this is for tokens, and for whatever was missed.
const slowLookMs = 10 * 60_000;

/** Brings the containers of one Pod nearer to what its object says, and its status nearer to its containers. */
export async function reconcilePod(
  context: NodeContext,
  pod: Stored<Pod> | undefined,
  key: ObjectKey,
): Promise<{ requeueAfterMs?: number } | undefined> {
  const views = await readPodViews(context.podman.engine, key);
  const isOurs = pod?.spec?.nodeName === context.nodeName;
  const strangers = views.filter((view) => !isOurs || view.pod.uid !== pod.metadata.uid);
  await removePodRemains(context, strangers);
  if (pod === undefined || !isOurs) return undefined;
  const own = views.filter((view) => view.pod.uid === pod.metadata.uid);
  if (pod.metadata.deletionTimestamp !== undefined) {
    await terminatePod(context, pod, own);
    return undefined;
  }
  if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') {
    await stopSandbox(context, own);
    return undefined;
  }
  return await bringNearer(context, isReadyByMistake(pod, own) ? await correctStatus(context, pod, own) : pod, own);
}

async function bringNearer(
  context: NodeContext,
  pod: Stored<Pod>,
  own: readonly ContainerView[],
): Promise<{ requeueAfterMs: number }> {
  const key = keyOf(pod);
  const memory = context.memories.of(pod.metadata.uid);
  memory.dueInMs = slowLookMs;
  const overdue = isOverdue(context, pod, memory);
  if (!overdue && !isFinished(pod, own)) await runPod(context, pod, own, memory);
  const readOwn = async () =>
    (await readPodViews(context.podman.engine, key)).filter((view) => view.pod.uid === pod.metadata.uid);
  let after = await readOwn();
  if (overdue || isFinished(pod, after)) {
    // What runs beside the main containers does not outlive them.
    await stopContainersOf(context, pod, after, memory, pod.spec?.terminationGracePeriodSeconds ?? 30);
    after = await readOwn();
  }
  const verdict = overdue ? deadlineExceeded : undefined;
  const status = await reportStatus(context, pod, after, initialized(pod, after), verdict);
  if (status.phase === 'Succeeded' || status.phase === 'Failed') await stopSandbox(context, after);
  await collectDead(context, after);
  return { requeueAfterMs: memory.dueInMs };
}

/** Whether a Pod is told of as Ready though a container is to be started anew: after a reboot all are. */
function isReadyByMistake(pod: Pod, views: readonly ContainerView[]): boolean {
  const { spec, status } = pod;
  const isReady = status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True');
  const runs = (name: string) => instancesOf(views, name)[0]?.state === 'running';
  return isReady === true && !isFinished(pod, views) && !(spec?.containers ?? []).every(({ name }) => runs(name));
}

/** Tells it before anything is started, so that no one is led to a container which only just begins. */
async function correctStatus(
  context: NodeContext,
  pod: Stored<Pod>,
  views: readonly ContainerView[],
): Promise<Stored<Pod>> {
  return { ...pod, status: await reportStatus(context, pod, views, initialized(pod, views)) };
}

async function runPod(
  context: NodeContext,
  pod: Stored<Pod>,
  views: readonly ContainerView[],
  memory: PodMemory,
): Promise<void> {
  try {
    const volumes = await prepareVolumes(context, pod, views);
    const sandbox = findSandbox(views) ?? (await startSandbox(context, pod, views));
    const podIp = podIpOf(context, pod, sandbox) ?? '';
    await writeNameFiles(context, pod, podIp);
    await runContainers(context, { pod, memory, sandbox, podIp, volumes }, views);
  } catch (error) {
    const reason = error instanceof VolumeError ? 'FailedMount' : 'FailedCreatePodSandBox';
    context.events.record(pod, 'Warning', reason, errorMessage(error));
    const waits = error instanceof VolumeError && error.cause instanceof ConfigError; // an object comes, and a watch tells
    context.log[waits ? 'debug' : 'info']('a pod cannot start yet', {
      pod: pod.metadata.name,
      reason,
      error: errorMessage(error),
    });
    lookAgainAfter(memory, 5_000);
  }
}

class VolumeError extends Error {
  override readonly name = 'VolumeError';
}

async function prepareVolumes(
  context: NodeContext,
  pod: Stored<Pod>,
  views: readonly ContainerView[],
): Promise<Map<string, PreparedVolume>> {
  const volumes = new Map<string, PreparedVolume>();
  const shared = {
    client: context.client,
    folder: volumesFolder(context, pod.metadata.uid),
    facts: { ...context, podIp: podIpOf(context, pod, findSandbox(views)) ?? '' },
    sources: createApiSources(context.client, pod, context.tokens),
    isFirst: findSandbox(views) === undefined,
  };
  await mkdir(shared.folder, { recursive: true, mode: 0o755 });
  for (const volume of pod.spec?.volumes ?? []) {
    try {
      volumes.set(volume.name, await prepareVolume(pod, volume, shared));
    } catch (error) {
      throw new VolumeError(`MountVolume.SetUp failed for volume "${volume.name}" : ${errorMessage(error)}`, {
        cause: error,
      });
    }
  }
  return volumes;
}

async function writeNameFiles(context: NodeContext, pod: Pod, podIp: string): Promise<void> {
  const { clusterDns, clusterDomain } = context;
  const hostResolvConf = await readFile('/etc/resolv.conf', 'utf8');
  const folder = podFolder(context, pod.metadata?.uid ?? '');
  const hosts = pod.spec?.hostNetwork ? await readFile('/etc/hosts', 'utf8') : renderHosts(pod, podIp, clusterDomain);
  await writeIfChanged(join(folder, 'hosts'), hosts);
  const resolvConf = renderResolvConf(pod, { clusterDns, clusterDomain, hostResolvConf });
  await writeIfChanged(join(folder, 'resolv.conf'), resolvConf);
}

/** Writes in place, as the files are mounted into running containers. */
async function writeIfChanged(path: string, text: string): Promise<void> {
  const before = await readFile(path, 'utf8').catch((error: unknown) => {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  });
  if (before !== text) await writeFile(path, text, { mode: 0o644 });
}
