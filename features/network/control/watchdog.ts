import type { Clock } from '@croft/foundation/clock';
import { errorMessage } from '@croft/foundation/errors';
import type { Log } from '@croft/foundation/log';

/** Looks after something again and again; a look that fails is logged, and the next one comes all the same. */
export function startWatchdog(
  look: (count: number) => Promise<void>,
  { everyMs, clock, log }: { everyMs: number; clock: Clock; log: Log },
): AsyncDisposable {
  const stop = new AbortController();
  const loop = (async () => {
    for (let count = 1; ; count += 1) {
      await clock.wait(everyMs, stop.signal).catch(() => {});
      if (stop.signal.aborted) return;
      try {
        await look(count);
      } catch (error) {
        log.warn('the network could not be looked after', { error: errorMessage(error) });
      }
    }
  })();
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort(new Error('the watchdog was stopped'));
      await loop;
    },
  };
}
