import { events } from '@croft/api/kinds';
import type { Stored } from '@croft/api/object';
import type { Event } from '@croft/api/types';
import type { ControllerContext } from '@croft/controller/controller';
import { timeOf } from './describe-event.ts';

/** Tells of every Event from now on, those that count up included; what happened before is not told again. */
export function followEvents(
  { informers, clock }: ControllerContext,
  namespace: string | undefined,
  listener: (event: Stored<Event>) => void,
): Disposable {
  const informer = informers.of(events, namespace === undefined ? {} : { namespace });
  // Times of Events have whole seconds.
  const startedAt = Math.floor(clock.now() / 1000) * 1000;
  const stack = new DisposableStack();
  let isListed = false;
  const begun = informer.synced.then(() => {
    if (stack.disposed) return;
    const subscription = informer.onChange(({ type, object, previous }) => {
      if (type === 'deleted' || (previous !== undefined && isSame(previous, object))) return;
      // Of another machine's Events only the order in which they come is sure, not their times.
      if (isListed || Date.parse(timeOf(object)) >= startedAt) listener(object);
    });
    isListed = true;
    stack.use(subscription);
  });
  begun.catch(() => {}); // the informers were stopped before they had their first list
  return stack;
}

function isSame(before: Event, now: Event): boolean {
  return before.count === now.count && timeOf(before) === timeOf(now);
}
