import { type BackoffOptions, backoffMs } from '@croft/foundation/backoff';
import type { Clock } from '@croft/foundation/clock';
import type { QueueMeasures } from './metrics.ts';

export interface WorkQueueOptions {
  /** How many keys are worked on at once. */
  concurrency: number;
  clock: Clock;
  backoff?: BackoffOptions;
  /** Works on one key. What it throws is `failed` and the key is tried again with back-off. */
  work(key: string): Promise<void>;
  failed(key: string, error: unknown, retryInMs: number): void;
  /** Told of what the queue does. */
  measures?: QueueMeasures | undefined;
}

/**
 * Keys waiting for work, each at most once. A key added while it is being worked on is worked on once more afterwards;
 * the same key never runs twice at once.
 */
export interface WorkQueue extends AsyncDisposable {
  add(key: string): void;
  /** Adds the key later; the earliest time asked for counts. */
  addAfter(key: string, ms: number): void;
  /** Nothing waits, nothing runs (later work may still be due). */
  readonly idle: boolean;
  /** How many keys wait. */
  readonly depth: number;
}

const defaultBackoff: BackoffOptions = { firstMs: 100, maxMs: 5 * 60_000 };

export function createWorkQueue(options: WorkQueueOptions): WorkQueue {
  const { clock, backoff = defaultBackoff, measures } = options;
  /** With the time at which each was added. */
  const waiting = new Map<string, number>();
  const running = new Set<string>();
  const again = new Set<string>();
  const failures = new Map<string, number>();
  const timers = new Map<string, { dueAt: number; timer: NodeJS.Timeout }>();
  let closed = false;
  let drained: (() => void) | undefined;

  function fill(): void {
    for (const [key, since] of waiting) {
      if (running.size >= options.concurrency || closed) return;
      waiting.delete(key);
      running.add(key);
      measures?.began(clock.now() - since);
      void workOn(key);
    }
  }

  async function workOn(key: string): Promise<void> {
    const beganAt = clock.now();
    try {
      await options.work(key);
      failures.delete(key);
    } catch (error) {
      const count = (failures.get(key) ?? 0) + 1;
      failures.set(key, count);
      const retryInMs = backoffMs(count, backoff);
      options.failed(key, error, retryInMs);
      measures?.retried();
      addAfter(key, retryInMs);
    }
    measures?.ended(clock.now() - beganAt);
    running.delete(key);
    if (again.delete(key)) wait(key);
    if (closed && running.size === 0) drained?.();
    fill();
  }

  function add(key: string): void {
    if (closed) return;
    clearTimer(key);
    if (running.has(key)) again.add(key);
    else wait(key);
    queueMicrotask(fill);
  }

  function wait(key: string): void {
    if (waiting.has(key)) return;
    waiting.set(key, clock.now());
    measures?.added();
  }

  function addAfter(key: string, ms: number): void {
    if (closed) return;
    const dueAt = clock.now() + ms;
    const known = timers.get(key);
    if (known !== undefined && known.dueAt <= dueAt) return;
    clearTimer(key);
    timers.set(key, { dueAt, timer: setTimeout(() => add(key), Math.min(ms, 2 ** 31 - 1)) });
  }

  function clearTimer(key: string): void {
    clearTimeout(timers.get(key)?.timer);
    timers.delete(key);
  }

  return {
    add,
    addAfter,
    get idle() {
      return waiting.size === 0 && running.size === 0;
    },
    get depth() {
      return waiting.size;
    },
    [Symbol.asyncDispose]: async () => {
      closed = true;
      for (const key of [...timers.keys()]) clearTimer(key);
      waiting.clear();
      again.clear();
      if (running.size > 0) await new Promise<void>((resolve) => (drained = resolve));
    },
  };
}
