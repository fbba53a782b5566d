/** Counts values by upper bounds, as Prometheus' histograms do. */
export interface Histogram {
  /** In seconds. */
  observe(value: number): void;
  /** The lines of the text form, with these labels (`name="a"`). */
  render(name: string, labels: string): string[];
}

export function createHistogram(bounds: readonly number[]): Histogram {
  const counts = new Array<number>(bounds.length + 1).fill(0);
  let sum = 0;
  return {
    observe: (value) => {
      const index = bounds.findIndex((bound) => value <= bound);
      const at = index < 0 ? bounds.length : index;
      counts[at] = (counts[at] ?? 0) + 1;
      sum += value;
    },
    render: (name, labels) => {
      let total = 0;
      const buckets = [...bounds, '+Inf'].map((bound, index) => {
        total += counts[index] ?? 0;
        return `${name}_bucket{${labels},le="${bound}"} ${total}`;
      });
      return [...buckets, `${name}_sum{${labels}} ${sum}`, `${name}_count{${labels}} ${total}`];
    },
  };
}
