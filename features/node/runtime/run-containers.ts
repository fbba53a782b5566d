import type { Container, Pod } from '@croft/api/types';
import { containerHash } from '../pod/container-labels.ts';
import type { ContainerView } from '../pod/container-view.ts';
import { runEphemeralContainers } from './ephemeral-containers.ts';
import { isDone } from './finished.ts';
import type { NodeContext } from './node-context.ts';
import { backoffOf, lookAgainAfter } from './pod-memory.ts';
import { instancesOf } from './pod-views.ts';
import { type PodSetting, startPodContainer } from './start-container.ts';
import { stopPodContainer } from './stop-container.ts';

/** Whether all init containers have done their work; also once any main container has been started after them. */
export function initialized(pod: Pod, views: readonly ContainerView[]): boolean {
  const { containers = [], initContainers = [] } = pod.spec ?? {};
  const newestSandbox = views.find((view) => view.sandboxId === '')?.id;
  const began = containers.some(({ name }) => instancesOf(views, name)[0]?.sandboxId === newestSandbox);
  if (began && newestSandbox !== undefined) return true;
  return initContainers.every((container) => {
    const [newest] = instancesOf(views, container.name);
    if (newest === undefined || newest.sandboxId !== newestSandbox) return false;
    return isSidecar(container) ? newest.state === 'running' : newest.state === 'exited' && newest.exitCode === 0;
  });
}

/** Starts what should run and does not; stops what should not run and does. */
export async function runContainers(
  context: NodeContext,
  setting: PodSetting,
  views: readonly ContainerView[],
): Promise<void> {
  const { pod, sandbox } = setting;
  await stopLeftovers(context, setting, views);
  await runEphemeralContainers(context, setting, views);
  const withSandbox = [sandbox, ...views.filter(({ id }) => id !== sandbox.id)];
  const { containers = [], initContainers = [] } = pod.spec ?? {};
  if (!initialized(pod, withSandbox)) {
    if (!(await runInitContainers(context, setting, initContainers, views))) return;
  } else {
    for (const sidecar of initContainers.filter(isSidecar))
      await runContainer(context, setting, sidecar, views, 'Always');
  }
  const policy = pod.spec?.restartPolicy ?? 'Always';
  const wanted = containers.filter((container) => !isDone(container, views, policy));
  await Promise.all(wanted.map((container) => runContainer(context, setting, container, views, policy)));
}

/** What still runs in the namespaces of an earlier sandbox cannot go on. */
async function stopLeftovers(context: NodeContext, setting: PodSetting, views: readonly ContainerView[]) {
  const leftovers = views.filter(
    ({ state, sandboxId }) => state === 'running' && sandboxId !== '' && sandboxId !== setting.sandbox.id,
  );
  await Promise.all(
    leftovers.map((view) => stop(context, setting, view, 'Pod sandbox changed, it will be killed and re-created.')),
  );
}

/** Runs init containers one after another; gives whether all are done. */
async function runInitContainers(
  context: NodeContext,
  setting: PodSetting,
  containers: readonly Container[],
  views: readonly ContainerView[],
): Promise<boolean> {
  const policy = setting.pod.spec?.restartPolicy === 'Never' ? 'Never' : 'OnFailure';
  for (const container of containers) {
    const [newest] = instancesOf(views, container.name);
    const isCurrent = newest?.sandboxId === setting.sandbox.id;
    if (isCurrent && newest.state === 'exited' && newest.exitCode === 0 && !isSidecar(container)) continue;
    if (isCurrent && newest.state === 'running' && isSidecar(container)) continue;
    await runContainer(context, setting, container, views, isSidecar(container) ? 'Always' : policy);
    return false; // its end, or its start, brings the next look
  }
  return true;
}

async function runContainer(
  context: NodeContext,
  setting: PodSetting,
  container: Container,
  views: readonly ContainerView[],
  policy: string,
): Promise<void> {
  const { memory, sandbox } = setting;
  const [newest] = instancesOf(views, container.name);
  if (newest === undefined) return await startPodContainer(context, setting, container, 0);
  const isCurrent = newest.sandboxId === sandbox.id;
  if (newest.state === 'running' && isCurrent) {
    const reason = memory.condemned.get(newest.id) ?? changeOf(container, newest);
    if (reason === undefined) return;
    await stop(context, setting, newest, reason);
    memory.condemned.delete(newest.id);
    return lookAgainAfter(memory, 0); // it has ended: what then is for its restart policy to say
  }
  // One that never started is made anew: a process that ended between making and starting it is no restart.
  const restarts = newest.state === 'created' ? newest.restartCount : newest.restartCount + 1;
  if (!isCurrent || newest.state === 'created' || newest.hash !== containerHash(container)) {
    return await startPodContainer(context, setting, container, restarts);
  }
  if (isDone(container, views, policy)) return;
  await restartAfterBackoff(context, setting, container, newest);
}

async function restartAfterBackoff(
  context: NodeContext,
  setting: PodSetting,
  container: Container,
  newest: ContainerView,
): Promise<void> {
  const { memory, pod } = setting;
  const nowMs = context.clock.now();
  const backoff = backoffOf(memory, container.name);
  const waitMs = backoff.remainingMs(newest.finishedAtMs, nowMs);
  if (waitMs > 0) {
    const { name, namespace, uid } = pod.metadata;
    const message = `back-off ${backoff.describe()} restarting failed container=${container.name} pod=${name}_${namespace}(${uid})`;
    memory.waiting.set(container.name, { reason: 'CrashLoopBackOff', message });
    const told = `back-off ${newest.id}`;
    if (!memory.told.has(told)) {
      const text = `Back-off restarting failed container ${container.name} in pod ${name}_${namespace}(${uid})`;
      context.events.record(pod, 'Warning', 'BackOff', text);
    }
    memory.told.add(told);
    return lookAgainAfter(memory, waitMs);
  }
  if (await startedAgain(context, setting, container, newest)) backoff.restarted(newest.finishedAtMs, nowMs);
}

async function startedAgain(
  context: NodeContext,
  setting: PodSetting,
  container: Container,
  newest: ContainerView,
): Promise<boolean> {
  setting.memory.waiting.delete(container.name);
  await startPodContainer(context, setting, container, newest.restartCount + 1);
  return !setting.memory.waiting.has(container.name);
}

function changeOf(container: Container, view: ContainerView): string | undefined {
  if (view.hash === containerHash(container)) return undefined;
  return `Container ${container.name} definition changed, will be restarted`;
}

async function stop(context: NodeContext, { pod, memory, podIp }: PodSetting, view: ContainerView, message: string) {
  await stopPodContainer(context, pod, view, memory, { graceSeconds: view.gracePeriodSeconds, podIp, message });
}

/** An init container that goes on running beside the main ones. */
function isSidecar(container: Container): boolean {
  return (container as { restartPolicy?: string }).restartPolicy === 'Always';
}
