import { StatusError } from '@croft/api/status';
import type { Clock } from '@croft/foundation/clock';
import { isMaster, type User } from './user.ts';

export interface FlowLimits {
  /** Requests in work at once, of all users together. */
  readonly atOnce: number;
  /** Requests of one user that wait. */
  readonly waiting: number;
  readonly waitMs: number;
}

export const defaultLimits: FlowLimits = { atOnce: 100, waiting: 200, waitMs: 15_000 };

interface Waiting {
  admit(): void;
}

/**
 * Shares the places for requests among users: while all are taken, each user's requests wait in a queue of their own,
 * and the queues take turns. Administrators do not wait. Requests that go on, such as watches, take no place.
 */
export class FlowControl {
  readonly #limits: FlowLimits;
  readonly #clock: Clock;
  /** In the order of turns. */
  readonly #queues = new Map<string, Waiting[]>();
  #taken = 0;
  #waiting = 0;

  constructor(clock: Clock, limits: FlowLimits = defaultLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  get inFlight(): number {
    return this.#taken;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** A place, to be disposed when the request is answered; a promise of one where all are taken. Throws 429. */
  enter(user: User): Disposable | Promise<Disposable> {
    if (isMaster(user)) return free;
    if (this.#taken < this.#limits.atOnce) return this.#take();
    return this.#queue(user.name);
  }

  #take(): Disposable {
    this.#taken += 1;
    let held = true;
    return {
      [Symbol.dispose]: () => {
        if (!held) return;
        held = false;
        this.#taken -= 1;
        this.#next();
      },
    };
  }

  #queue(user: string): Promise<Disposable> {
    const queue = this.#queues.get(user) ?? [];
    if (queue.length >= this.#limits.waiting) throw tooManyRequests();
    this.#queues.set(user, queue);
    this.#waiting += 1;
    const stop = new AbortController();
    return new Promise<Disposable>((resolve, reject) => {
      const waiting: Waiting = {
        admit: () => {
          stop.abort();
          this.#waiting -= 1;
          resolve(this.#take());
        },
      };
      queue.push(waiting);
      this.#clock.wait(this.#limits.waitMs, stop.signal).then(
        () => {
          const at = queue.indexOf(waiting);
          if (at < 0) return;
          queue.splice(at, 1);
          if (queue.length === 0) this.#queues.delete(user);
          this.#waiting -= 1;
          reject(tooManyRequests());
        },
        () => {}, // it was admitted
      );
    });
  }

  /** The first of the user whose turn it is; that user's next turn comes after all others'. */
  #next(): void {
    const [first] = this.#queues;
    if (first === undefined || this.#taken >= this.#limits.atOnce) return;
    const [user, queue] = first;
    this.#queues.delete(user);
    const waiting = queue.shift();
    if (queue.length > 0) this.#queues.set(user, queue);
    waiting?.admit();
  }
}

const free: Disposable = { [Symbol.dispose]: () => {} };

export function tooManyRequests(): StatusError {
  const message = 'too many requests, please try again later.';
  return new StatusError(429, 'TooManyRequests', message, { retryAfterSeconds: 1 }, { 'retry-after': '1' });
}
