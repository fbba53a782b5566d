import { setTimeout as delay } from 'node:timers/promises';

interface WatchLine {
  readonly type: string;
  readonly object: unknown;
}

/** Reads the events of one watch in the background and hands them out in order. */
export class WatchReader {
  readonly #stop: AbortController;
  readonly #events: WatchLine[] = [];
  #ended = false;
  #wake = Promise.withResolvers<void>();

  constructor(response: Response, stop: AbortController) {
    this.#stop = stop;
    void this.#read(response);
  }

  stop(): void {
    this.#stop.abort();
  }

  async next(patienceMs: number, skipBookmarks: boolean): Promise<WatchLine | undefined> {
    const until = Date.now() + patienceMs;
    for (;;) {
      const event = this.#events.shift();
      if (event !== undefined && !(skipBookmarks && event.type === 'BOOKMARK')) return event;
      if (event !== undefined) continue;
      if (this.#ended || Date.now() >= until) return undefined;
      await this.#changed(until - Date.now());
    }
  }

  async quiet(ms: number): Promise<string | undefined> {
    await delay(ms);
    const [event] = this.#events;
    return event === undefined ? undefined : `an event came: ${JSON.stringify(event).slice(0, 300)}`;
  }

  async untilEnd(patienceMs: number): Promise<{ events: WatchLine[]; ended: boolean }> {
    const until = Date.now() + patienceMs;
    while (!this.#ended && Date.now() < until) await this.#changed(until - Date.now());
    return { events: this.#events.splice(0), ended: this.#ended };
  }

  async #changed(ms: number): Promise<void> {
    await Promise.race([this.#wake.promise, delay(Math.max(ms, 1))]);
  }

  async #read(response: Response): Promise<void> {
    let rest = '';
    try {
      const decoder = new TextDecoder();
      for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
        const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
        rest = lines.pop() ?? '';
        this.#events.push(...lines.filter((line) => line !== '').map((line) => JSON.parse(line) as WatchLine));
        this.#signal();
      }
    } catch {
      // The scenario closed the watch.
    }
    this.#ended = true;
    this.#signal();
  }

  #signal(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers<void>();
  }
}
