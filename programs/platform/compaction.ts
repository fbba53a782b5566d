import type { Clock } from '@croft/foundation/clock';
import { errorMessage } from '@croft/foundation/errors';
import type { Log } from '@croft/foundation/log';
import type { RevisionLog } from '@croft/store/contract';

const everyMs = 5 * 60_000;

/** Forgets the history that is older than five to ten minutes, as Kubernetes does. */
export function startCompaction(store: RevisionLog, clock: Clock, log: Log): AsyncDisposable {
  const stop = new AbortController();
  const running = (async () => {
    let revision = store.revision;
    while (!stop.signal.aborted) {
      await clock.wait(everyMs, stop.signal).catch(() => {});
      if (stop.signal.aborted) return;
      const next = store.revision;
      await store
        .compact(revision)
        .catch((error) => log.warn('the history could not be compacted', { error: errorMessage(error) }));
      revision = next;
    }
  })();
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
    },
  };
}
