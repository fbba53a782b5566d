import type { Clock } from '@croft/foundation/clock';

const windowMs = 5 * 60_000;
/** A failure that is tried again and again, each time in other words, is told once a day. */
const failureWindowMs = 24 * 60 * 60_000;
/** From so many on, what is out of date is thrown away. */
const mostKept = 1000;

export interface Repeats {
  /** Whether the same was not told within the last five minutes, a failure within a day; from now on it was. */
  isNew(identity: string, isFailure: boolean): boolean;
}

/** Remembers what was told, so that what comes again and again is told once in five minutes, as in Flux. */
export function createRepeats(clock: Clock): Repeats {
  const toldUntil = new Map<string, number>();
  return {
    isNew: (identity, isFailure) => {
      const now = clock.now();
      if ((toldUntil.get(identity) ?? 0) > now) return false;
      if (toldUntil.size >= mostKept) for (const [old, until] of toldUntil) if (until <= now) toldUntil.delete(old);
      toldUntil.delete(identity);
      toldUntil.set(identity, now + (isFailure ? failureWindowMs : windowMs));
      return true;
    },
  };
}
