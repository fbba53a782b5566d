import { errorMessage } from '@croft/foundation/errors';
import type { Core } from '../core.ts';
import { deleteEntries } from '../delete.ts';
import { prefixOf } from '../served-resource.ts';

const minuteMs = 60_000;
/** How long changes can still be watched from, as in Kubernetes. */
const historyMs = 5 * minuteMs;
/** How long events are kept, as in Kubernetes. */
const eventLifeMs = 60 * minuteMs;

/** Forgets old history and old events, once a few minutes. */
export function startHousekeeping(core: Core): AsyncDisposable {
  const stop = new AbortController();
  const done = keepHouse(core, stop.signal);
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await done;
    },
  };
}

async function keepHouse(core: Core, signal: AbortSignal): Promise<void> {
  let before = core.store.revision;
  for (;;) {
    try {
      await core.clock.wait(historyMs, signal);
    } catch {
      return; // the server stops
    }
    const revision = core.store.revision;
    try {
      await core.store.compact(before);
      await expireEvents(core);
    } catch (error) {
      core.log.warn('old history could not be forgotten', { error: errorMessage(error) });
    }
    before = revision;
  }
}

/** Deletes events that were last seen long ago. */
export async function expireEvents(core: Core): Promise<void> {
  const served = core.resources.require('', 'v1', 'events');
  const oldestMs = core.clock.now() - eventLifeMs;
  const { entries } = core.store.range(prefixOf('', 'events'));
  const old = entries.filter((entry) => lastSeenMs(JSON.parse(entry.value) as EventTimes) < oldestMs);
  await deleteEntries({ core, served }, old, { dryRun: false });
}

interface EventTimes {
  metadata?: { creationTimestamp?: string };
  lastTimestamp?: string | null;
  eventTime?: string | null;
  series?: { lastObservedTime?: string | null } | null;
}

function lastSeenMs({ metadata, lastTimestamp, eventTime, series }: EventTimes): number {
  const times = [metadata?.creationTimestamp, lastTimestamp, eventTime, series?.lastObservedTime];
  return Math.max(...times.map((time) => (time ? Date.parse(time) : 0)));
}
