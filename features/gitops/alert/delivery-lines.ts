/** Deliveries that wait for one another: those of one line come in the order in which they were added. */
export interface DeliveryLines extends AsyncDisposable {
  /** False when the line is too long: the work will not be done. */
  add(line: string, work: () => Promise<void>): boolean;
}

/** Some MiB at the most: a large installation tells thousands of things within minutes. */
const longestLine = 5000;

/** The work must not reject. Disposing waits for what runs; nothing more is begun. */
export function createDeliveryLines(): DeliveryLines {
  const lines = new Map<string, { end: Promise<void>; length: number }>();
  let isClosed = false;
  return {
    add: (name, work) => {
      const line = lines.get(name) ?? { end: Promise.resolve(), length: 0 };
      if (isClosed || line.length >= longestLine) return false;
      lines.set(name, line);
      line.length += 1;
      line.end = line.end.then(async () => {
        if (!isClosed) await work();
        line.length -= 1;
        if (line.length === 0) lines.delete(name);
      });
      return true;
    },
    [Symbol.asyncDispose]: async () => {
      isClosed = true;
      await Promise.all([...lines.values()].map(({ end }) => end));
    },
  };
}
