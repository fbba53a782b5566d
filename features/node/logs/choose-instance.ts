import { StatusError } from '@croft/api/status';
import type { ContainerStatus, Pod } from '@croft/api/types';
import { formatContainerId } from '../pod/container-status.ts';
import type { ContainerView } from '../pod/container-view.ts';

/**
 * The instance of a container whose log is asked for: the newest, or the one that ended before it. `views` has the
 * newest first. Throws BadRequest when there is none, and says as the kubelet does what the container waits for.
 */
export function chooseInstance(
  views: readonly ContainerView[],
  pod: Pod | undefined,
  target: { pod: string; container: string },
  wantsPrevious: boolean,
): ContainerView {
  const status = statusOf(pod, target.container);
  const view = wantsPrevious ? findPrevious(views, status) : views[0];
  if (view !== undefined) return view;
  const container = `container "${target.container}" in pod "${target.pod}"`;
  const problem = wantsPrevious ? `previous terminated ${container} not found` : `${container} ${describeWait(status)}`;
  throw new StatusError(400, 'BadRequest', problem);
}

/** While a container waits to be started again, the one before is the one that ended last. */
function findPrevious(views: readonly ContainerView[], status: ContainerStatus | undefined): ContainerView | undefined {
  const id = status?.lastState?.terminated?.containerID;
  return views.find((view) => formatContainerId(view.id) === id) ?? views[1];
}

function describeWait(status: ContainerStatus | undefined): string {
  if (status === undefined) return 'is not available';
  const reason = status.state?.waiting?.reason;
  if (reason === undefined) return 'is waiting to start - no logs yet';
  return `is waiting to start: ${waits[reason] ?? reason}`;
}

const waits: Readonly<Record<string, string>> = {
  ErrImagePull: "image can't be pulled",
  ImagePullBackOff: 'trying and failing to pull image',
};

function statusOf(pod: Pod | undefined, name: string): ContainerStatus | undefined {
  const { containerStatuses = [], initContainerStatuses = [], ephemeralContainerStatuses = [] } = pod?.status ?? {};
  return [...containerStatuses, ...initContainerStatuses, ...ephemeralContainerStatuses].find(
    (status) => status.name === name,
  );
}
