import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { services } from '@croft/api/kinds';
import { keyOf, type Stored } from '@croft/api/object';
import type { Container, Pod } from '@croft/api/types';
import { errorMessage } from '@croft/foundation/errors';
import type { BindMount } from '../engine/container-types.ts';
import { createContainer, removeContainer, startContainer } from '../engine/containers.ts';
import type { ImageInspect } from '../engine/images.ts';
import { ConfigError } from '../pod/config-error.ts';
import { type ContainerIdentity, containerHash, renderContainerName } from '../pod/container-labels.ts';
import { renderContainerRequest } from '../pod/container-request.ts';
import type { ContainerView } from '../pod/container-view.ts';
import { resolveEnvironment } from '../pod/environment.ts';
import { validateNonRoot } from '../pod/security-options.ts';
import { serviceEnvironment } from '../pod/service-environment.ts';
import { createApiSources } from '../volumes/api-file-sources.ts';
import { bind, containerMounts } from '../volumes/container-mounts.ts';
import type { PreparedVolume } from '../volumes/prepare-volume.ts';
import type { NodeContext } from './node-context.ts';
import { identityOf, lastWordsPath, logPath, podFolder } from './pod-folders.ts';
import { backoffOf, lookAgainAfter, type PodMemory } from './pod-memory.ts';
import { findCredentials } from './registry-credentials.ts';
import { runHandler } from './run-handler.ts';
import { podCgroup } from './sandbox.ts';
import { stopPodContainer } from './stop-container.ts';

/** What is needed to start containers of a Pod. */
export interface PodSetting {
  pod: Stored<Pod>;
  memory: PodMemory;
  sandbox: ContainerView;
  podIp: string;
  volumes: ReadonlyMap<string, PreparedVolume>;
  /** The id of the container whose processes are seen; without it, what the Pod says. */
  processesOf?: string;
}

/**
 * Starts a container, `restartCount` times after its first one. When something stands in the way, the memory says what
 * it waits for.
 */
export async function startPodContainer(
  context: NodeContext,
  setting: PodSetting,
  container: Container,
  restartCount: number,
): Promise<void> {
  const { pod, memory } = setting;
  const image = await requestImage(context, setting, container, restartCount);
  if (image === undefined) return;
  const identity: ContainerIdentity = {
    pod: identityOf(pod),
    name: container.name,
    restartCount,
    hash: containerHash(container),
    sandboxId: setting.sandbox.id,
    gracePeriodSeconds: pod.spec?.terminationGracePeriodSeconds ?? 30,
  };
  try {
    const id = await createPodContainer(context, setting, container, identity, image);
    context.events.record(pod, 'Normal', 'Created', `Created container: ${container.name}`);
    await startCreated(context, setting, container, id);
    memory.waiting.delete(container.name);
    await runPostStart(context, setting, container, { ...setting.sandbox, ...identity, id, state: 'running' });
  } catch (error) {
    const reason = error instanceof ConfigError ? 'CreateContainerConfigError' : 'RunContainerError';
    memory.waiting.set(container.name, { reason, message: errorMessage(error) });
    context.events.record(pod, 'Warning', 'Failed', `Error: ${errorMessage(error)}`);
    const backoff = backoffOf(memory, container.name);
    backoff.restarted(context.clock.now(), context.clock.now());
    lookAgainAfter(memory, Math.max(1_000, backoff.remainingMs(context.clock.now(), context.clock.now())));
  }
}

async function requestImage(
  context: NodeContext,
  { pod, memory }: PodSetting,
  container: Container,
  restartCount: number,
): Promise<ImageInspect | undefined> {
  const result = await context.images.request({
    container,
    podUid: pod.metadata.uid,
    occasion: `${pod.metadata.uid}/${container.name}/${restartCount}`,
    findCredentials: (image) => findCredentials(context.client, pod, image),
    changed: () => context.enqueue(keyOf(pod)),
  });
  if (result.state === 'present') {
    context.events.record(pod, 'Normal', 'Pulled', result.message);
    return result.image;
  }
  if (result.state === 'pulling') {
    showProgress(pod, memory, container, result.message);
    const told = `pulling ${container.name} ${restartCount}`;
    if (!memory.told.has(told)) context.events.record(pod, 'Normal', 'Pulling', `Pulling image "${container.image}"`);
    memory.told.add(told);
    return undefined;
  }
  const { reason, message, retryInMs } = result;
  memory.waiting.set(container.name, { reason, message });
  if (reason === 'ImagePullBackOff') context.events.record(pod, 'Normal', 'BackOff', message);
  else if (reason === 'InvalidImageName') context.events.record(pod, 'Warning', 'InspectFailed', message);
  else context.events.record(pod, 'Warning', 'Failed', `Failed to pull image "${container.image}": ${message}`);
  lookAgainAfter(memory, retryInMs);
  return undefined;
}

/** How an image being fetched or built comes along stands beside the reason that containers wait for. */
function showProgress(pod: Pod, memory: PodMemory, container: Container, message: string): void {
  if (message === '') memory.waiting.delete(container.name);
  else {
    const isInit = pod.spec?.initContainers?.some(({ name }) => name === container.name);
    memory.waiting.set(container.name, { reason: isInit ? 'PodInitializing' : 'ContainerCreating', message });
  }
}

async function createPodContainer(
  context: NodeContext,
  { pod, podIp, volumes, processesOf }: PodSetting,
  container: Container,
  identity: ContainerIdentity,
  image: ImageInspect,
): Promise<string> {
  const refusal = validateNonRoot(pod.spec ?? { containers: [] }, container.securityContext, image.Config?.User ?? '');
  if (refusal !== undefined)
    throw new ConfigError(`${refusal} (pod: "${pod.metadata.name}", container: ${container.name})`);
  const facts = { ...context, podIp };
  const namespace = pod.metadata.namespace ?? '';
  const links = pod.spec?.enableServiceLinks !== false;
  const environment = await resolveEnvironment(pod, container, facts, {
    ...createApiSources(context.client, pod, context.tokens),
    services: serviceEnvironment(context.informers.of(services).list(), namespace, links),
  });
  const hostname = pod.spec?.hostname ?? pod.metadata.name;
  const log = logPath(context, identity);
  await mkdir(dirname(log), { recursive: true, mode: 0o700 });
  const request = renderContainerRequest(pod, container, {
    identity,
    environment: new Map([['HOSTNAME', hostname], ...environment]),
    mounts: [
      ...(await ownFiles(context, container, identity)),
      ...(await containerMounts(container, volumes, environment)),
    ],
    logPath: log,
    cgroup: podCgroup(context, identity.pod.uid),
    ...(processesOf === undefined ? {} : { processesOf }),
  });
  const name = renderContainerName(identity);
  await removeContainer(context.podman.engine, name); // left by a start that was cut short
  return await createContainer(context.podman.engine, name, request);
}

/** hosts and resolv.conf of the Pod, and the file for the container's last words. */
async function ownFiles(context: NodeContext, container: Container, identity: ContainerIdentity): Promise<BindMount[]> {
  const folder = podFolder(context, identity.pod.uid);
  const words = lastWordsPath(context, identity);
  await mkdir(dirname(words), { recursive: true, mode: 0o755 });
  await writeFile(words, '');
  await chmod(words, 0o666); // whoever the container runs as
  const mounted = new Set((container.volumeMounts ?? []).map(({ mountPath }) => mountPath));
  return [
    bind(join(folder, 'hosts'), '/etc/hosts', false),
    bind(join(folder, 'resolv.conf'), '/etc/resolv.conf', false),
    bind(words, container.terminationMessagePath ?? '/dev/termination-log', false),
  ].filter(({ Target }) => !mounted.has(Target));
}

async function startCreated(
  context: NodeContext,
  { pod }: PodSetting,
  container: Container,
  id: string,
): Promise<void> {
  try {
    await startContainer(context.podman.engine, id);
  } catch (error) {
    await removeContainer(context.podman.engine, id);
    throw error;
  }
  context.events.record(pod, 'Normal', 'Started', `Started container ${container.name}`);
}

/** A container whose postStart hook fails is killed; its restart policy decides what then. */
async function runPostStart(
  context: NodeContext,
  setting: PodSetting,
  container: Container,
  view: ContainerView,
): Promise<void> {
  const hook = container.lifecycle?.postStart;
  if (hook === undefined) return;
  const target = { engine: context.podman.engine, container, containerId: view.id, podIp: setting.podIp };
  const outcome = await runHandler(hook, target, 10 * 60_000, context.signal);
  if (outcome.ok) return;
  context.events.record(setting.pod, 'Warning', 'FailedPostStartHook', `PostStartHook failed: ${outcome.message}`);
  await stopPodContainer(context, setting.pod, view, setting.memory, {
    graceSeconds: view.gracePeriodSeconds,
    podIp: setting.podIp,
    message: 'FailedPostStartHook',
  });
}
