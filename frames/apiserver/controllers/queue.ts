import { backoffMs } from '@croft/foundation/backoff';
import { errorMessage } from '@croft/foundation/errors';
import type { Core } from '../core.ts';

/** What one built-in controller does for one key; again after any change, and later after an error. */
export type Reconcile = (key: string) => Promise<void>;

export interface KeyQueue extends AsyncDisposable {
  add(key: string): void;
}

/** Keys to be reconciled, each at most once at a time; an error is tried again with growing waits. */
export function startQueue(core: Core, name: string, reconcile: Reconcile): KeyQueue {
  const stop = new AbortController();
  const running = new Map<string, { again: boolean; done: Promise<void> }>();

  const run = async (key: string): Promise<void> => {
    for (let failures = 0; !stop.signal.aborted; ) {
      const state = running.get(key);
      if (state !== undefined) state.again = false;
      try {
        await reconcile(key);
        if (running.get(key)?.again !== true) return;
        failures = 0;
      } catch (error) {
        failures += 1;
        core.log.warn('a built-in controller failed and tries again', {
          controller: name,
          key,
          error: errorMessage(error),
        });
        await core.clock.wait(backoffMs(failures, { firstMs: 20, maxMs: 30_000 }), stop.signal).catch(() => {});
      }
    }
  };

  return {
    add(key) {
      const state = running.get(key);
      if (state !== undefined) {
        state.again = true;
        return;
      }
      if (stop.signal.aborted) return;
      const done = Promise.resolve()
        .then(() => run(key))
        .finally(() => running.delete(key));
      running.set(key, { again: false, done });
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await Promise.all([...running.values()].map(({ done }) => done));
    },
  };
}
