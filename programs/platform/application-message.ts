import type { ObjectKey, Stored } from '@croft/api/object';
import type { Pod } from '@croft/api/types';
import { findCondition } from '@croft/controller/conditions';
import { waitingReason } from '@croft/release/pod-trouble';
import { advise, adviseFailure } from './advice.ts';
import { isReady, type StateFacts } from './application-state.ts';
import { describeFailure } from './release-failure.ts';

interface MessageFacts extends StateFacts {
  pods: readonly Stored<Pod>[];
  /** The release as Helm has it. */
  made: ObjectKey;
  /** What of it does not serve. */
  unready: string | undefined;
}

/** What there is to say of an application; both empty when it is ready. */
export interface Telling {
  /** What goes on. */
  now: string;
  /** Why the last try failed, until one has succeeded. */
  failed: string;
}

export function describeState(facts: MessageFacts): Telling {
  const { release, enabled, ready, unready, failure } = facts;
  const failed = failure === undefined ? '' : describeFailure(failure);
  if (release?.spec?.suspend === true) return { now: 'it stays as it is, whatever is pushed', failed };
  if (ready) return { now: '', failed: '' };
  if (release === undefined)
    return { now: enabled ? 'waiting for its prescription to be applied' : 'not enabled', failed };
  if (release.metadata.deletionTimestamp !== undefined) return { now: 'is being removed', failed: '' };
  if (failure !== undefined && failure.trying === undefined) return { now: '', failed };
  const waiting = findWaiting(facts);
  const find = (type: string) => findCondition(release.status?.conditions, type)?.message;
  if (failure !== undefined) return { now: waiting ?? find('Reconciling') ?? '', failed };
  const standing = isReady(release) ? unready : undefined;
  return { now: waiting ?? standing ?? find('Ready') ?? 'waiting for its first reconcile', failed };
}

/** Both in one text. */
export function joinTelling({ now, failed }: Telling): string {
  return [now, failed].filter((part) => part !== '').join('; before: ');
}

/** What to do about it, as a command where there is one; empty when there is nothing to do. */
export function adviseApplication(name: string, { enabled, release, ready, failure }: StateFacts): string {
  const isSuspended = release?.spec?.suspend === true;
  if (ready && !isSuspended) return '';
  if (release === undefined) return enabled ? 'croft sync' : `croft apps enable ${name}`;
  if (release.metadata.deletionTimestamp !== undefined) return '';
  if (failure !== undefined && !isSuspended) return adviseFailure(release, failure);
  return advise(release, findCondition(release.status?.conditions, 'Ready'));
}

/** What one of its Pods waits for, in words for people: an image being built, a container that does not start. */
function findWaiting({ pods, made }: MessageFacts): string | undefined {
  return pods
    .filter(
      ({ metadata }) =>
        metadata.namespace === made.namespace && metadata.labels?.['app.kubernetes.io/instance'] === made.name,
    )
    .map(progressOf)
    .find((reason) => reason !== undefined);
}

function progressOf(pod: Pod): string | undefined {
  const waiting = waitingReason(pod);
  if (waiting !== undefined) return waiting;
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  return statuses.map(({ state }) => state?.waiting?.message).find((message) => message);
}
