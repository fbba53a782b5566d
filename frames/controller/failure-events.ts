import type { KubeObject, Stored } from '@croft/api/object';
import { type Clock, formatTime } from '@croft/foundation/clock';
import { errorMessage } from '@croft/foundation/errors';
import { type Condition, findCondition } from './conditions.ts';
import { reasonOf, WaitingError } from './outcome.ts';

/** What is told of a pass. */
export interface PassEvent {
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
  /** For notifications, beside what is told of every event. `failure` names a failure, the same for all tries of the same. */
  metadata?: Readonly<Record<string, string>>;
}

type Conditioned = Stored<KubeObject> & { status?: { conditions?: Condition[] } };

/** The outcomes of passes as events, for as long as this process runs. */
export interface FailureEvents {
  /** The events, with that of the failure which ended the pass; each failure has a name. */
  withFailure(
    object: Conditioned,
    events: readonly PassEvent[],
    failure: unknown,
    metadata?: PassEvent['metadata'],
  ): PassEvent[];
  /** The pass succeeded, or there is nothing more to fail. */
  ended(object: Conditioned): void;
}

export function createFailureEvents(clock: Clock): FailureEvents {
  const failingSince = new Map<string, string>();
  return {
    withFailure: (object, events, failure, metadata) => {
      const { uid } = object.metadata;
      const since = failingSince.get(uid) ?? formatTime(clock.now());
      const said = { type: 'Warning', reason: reasonOf(failure), message: errorMessage(failure) } as const;
      const event: PassEvent = metadata === undefined ? said : { ...said, metadata };
      const isTold = !(failure instanceof WaitingError) || isOverdue(object, failure, clock.now());
      const isNew = !(failure instanceof WaitingError && events.some(({ message }) => message === event.message));
      const all = isTold && isNew ? [...events, event] : events;
      if (all.some(({ type }) => type === 'Warning')) failingSince.set(uid, since);
      return all.map((told) => {
        if (told.type !== 'Warning' || told.metadata?.failure !== undefined) return told;
        return { ...told, metadata: { ...told.metadata, failure: `${told.reason} since ${since}` } };
      });
    },
    ended: ({ metadata: { uid } }) => void failingSince.delete(uid),
  };
}

/** So long nobody is bothered with something missing that is to come. */
const overdueMs = 60_000;

/** What should have come by now, such as a Secret that is referred to. What a dependency waits for that itself tells. */
function isOverdue({ status }: Conditioned, { reason, message, retryAfterMs }: WaitingError, nowMs: number): boolean {
  if (retryAfterMs === undefined || reason === 'DependencyNotReady') return false;
  const ready = findCondition(status?.conditions, 'Ready');
  if (ready?.status !== 'False' || ready.reason !== reason || ready.message !== message) return false;
  return nowMs - Date.parse(ready.lastTransitionTime ?? '') >= overdueMs;
}
