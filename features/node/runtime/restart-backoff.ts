const firstMs = 10_000;
const maxMs = 300_000;

/**
 * How long a container that ended waits before it is started again, by the kubelet's rule: not at all the first time,
 * then 10 s, doubled each time up to 5 minutes; from the beginning once it has run for 10 minutes.
 */
export class RestartBackoff {
  #delayMs = 0;
  #updatedAtMs = 0;

  /** Milliseconds still to wait; 0 when it may start. `endedAtMs` is when the container ended. */
  remainingMs(endedAtMs: number, nowMs: number): number {
    if (this.#delayMs === 0 || this.#isOver(endedAtMs)) return 0;
    return Math.max(0, endedAtMs + this.#delayMs - nowMs);
  }

  /** Notes a restart: the next one waits longer. */
  restarted(endedAtMs: number, nowMs: number): void {
    this.#delayMs = this.#isOver(endedAtMs) || this.#delayMs === 0 ? firstMs : Math.min(maxMs, this.#delayMs * 2);
    this.#updatedAtMs = nowMs;
  }

  /** The wait as Go prints durations, for the message that people know: `1m20s`. */
  describe(): string {
    const seconds = this.#delayMs / 1000;
    return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
  }

  #isOver(endedAtMs: number): boolean {
    return endedAtMs - this.#updatedAtMs > 2 * maxMs;
  }
}
