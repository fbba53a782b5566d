export interface Latencies {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface Window extends Latencies {
  readonly perSecond: number;
}

/** `clients` loops that each call `step` again as soon as it is done, for so long. `index` counts the calls of all. */
export async function runWindow(
  clients: number,
  seconds: number,
  step: (index: number, client: number) => Promise<unknown>,
): Promise<Window> {
  const times: number[] = [];
  const begin = performance.now();
  const end = begin + seconds * 1000;
  let index = 0;
  const loop = async (client: number) => {
    while (performance.now() < end) {
      const sent = performance.now();
      await step(index++, client);
      times.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, client) => loop(client)));
  const perSecond = round((times.length * 1000) / (performance.now() - begin));
  return { perSecond, ...latenciesOf(times) };
}

/** Calls `step` for 0 to `count` - 1, sixteen at a time. */
export async function forEach(count: number, step: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const loop = async () => {
    while (next < count) await step(next++);
  };
  await Promise.all(Array.from({ length: 16 }, loop));
}

export function latenciesOf(times: number[]): Latencies {
  const sorted = Float64Array.from(times).sort();
  const at = (part: number) => round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0);
  return { p50Ms: at(0.5), p99Ms: at(0.99) };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
