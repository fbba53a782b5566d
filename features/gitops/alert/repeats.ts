import type { Clock } from '@croft/foundation/clock';

const windowMs = 5 * 60_000;
/** From so many on, what is out of date is thrown away. */
const mostKept = 1000;

export interface Repeats {
  /** Whether the same was not told within the last five minutes; from now on it was. */
  isNew(identity: string): boolean;
}

/** Remembers what was told, so that a failure that comes again and again is told once in five minutes, as in Flux. */
export function createRepeats(clock: Clock): Repeats {
  const toldUntil = new Map<string, number>();
  return {
    isNew: (identity) => {
      const now = clock.now();
      if ((toldUntil.get(identity) ?? 0) > now) return false;
      if (toldUntil.size >= mostKept) for (const [old, until] of toldUntil) if (until <= now) toldUntil.delete(old);
      toldUntil.delete(identity);
      toldUntil.set(identity, now + windowMs);
      return true;
    },
  };
}
