import { type BackoffOptions, backoffMs } from '@croft/foundation/backoff';
import type { Clock } from '@croft/foundation/clock';
import { errorMessage } from '@croft/foundation/errors';
import type { Log } from '@croft/foundation/log';

export interface CoalescerOptions {
  /** Names the work in logs. */
  name: string;
  /** Brings the world to what is wanted now, all of it. Never runs twice at once. */
  apply(signal: AbortSignal): Promise<void>;
  clock: Clock;
  log: Log;
  backoff?: BackoffOptions;
}

export interface Coalescer extends AsyncDisposable {
  /** Has the work done soon; many calls until it begins, or while it runs, make one more run. */
  trigger(): void;
  /** Resolves when nothing is left to do, or when the work has failed and is to be tried again. */
  settled(): Promise<void>;
  /** Why the work is not done, while it has failed. */
  readonly problem: string | undefined;
}

const gatherMs = 10;
const defaultBackoff: BackoffOptions = { firstMs: 200, maxMs: 30_000 };

/** Work that covers many objects at once: changes that come together make one run, and a failed run is tried again. */
export function startCoalescer({ name, apply, clock, log, backoff = defaultBackoff }: CoalescerOptions): Coalescer {
  const stop = new AbortController();
  const waiting: (() => void)[] = [];
  let wanted = false;
  let problem: string | undefined;
  let running: Promise<void> | undefined;

  const release = () => {
    for (const resolve of waiting.splice(0)) resolve();
  };
  async function loop(): Promise<void> {
    for (let failures = 0; wanted && !stop.signal.aborted; ) {
      await clock.wait(failures === 0 ? gatherMs : backoffMs(failures, backoff), stop.signal).catch(() => {});
      if (stop.signal.aborted) break;
      wanted = false;
      try {
        await apply(stop.signal);
        if (failures > 0) log.info(`${name} works again`);
        failures = 0;
        problem = undefined;
      } catch (error) {
        if (stop.signal.aborted) break;
        wanted = true;
        failures += 1;
        if (problem !== errorMessage(error)) log.error(`${name}: it is tried again`, { error: errorMessage(error) });
        problem = errorMessage(error);
        release();
      }
    }
    running = undefined;
    release();
  }

  return {
    trigger: () => {
      wanted = true;
      if (!stop.signal.aborted) running ??= loop();
    },
    settled: () => (running === undefined ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    get problem() {
      return problem;
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort(new Error(`${name} was stopped`));
      await running;
    },
  };
}
