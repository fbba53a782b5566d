import type { Container, Pod } from '@croft/api/types';
import type { ContainerView } from '../pod/container-view.ts';
import { instancesOf } from './pod-views.ts';

/** Whether a container has ended for good: its Pod's restart policy does not start it again. */
export function isDone(container: Container, views: readonly ContainerView[], policy: string): boolean {
  const [newest] = instancesOf(views, container.name);
  if (newest?.state !== 'exited') return false;
  return policy === 'Never' || (policy === 'OnFailure' && newest.exitCode === 0);
}

/** Whether nothing of a Pod will run again, whatever its status says yet. */
export function isFinished(pod: Pod, views: readonly ContainerView[]): boolean {
  const { containers = [], initContainers = [], restartPolicy: policy = 'Always' } = pod.spec ?? {};
  const initFailed = initContainers.some((container) => {
    const [newest] = instancesOf(views, container.name);
    return policy === 'Never' && newest?.state === 'exited' && newest.exitCode !== 0;
  });
  return initFailed || containers.every((container) => isDone(container, views, policy));
}
