/** What was made of the contents of artifacts, such as a chart that was read: contents never change under a digest. */
export interface Derived {
  /** What `make` gives, made once for the digest and the name; a failure is not kept. It is shared: never change it. */
  get<T>(digest: string, what: string, make: () => Promise<T>): Promise<T>;
}

/** Keeps the results that were asked for last. */
export function createDerived(most: number): Derived {
  const kept = new Map<string, Promise<unknown>>();
  return {
    get: <T>(digest: string, what: string, make: () => Promise<T>): Promise<T> => {
      const id = `${digest} ${what}`;
      const known = kept.get(id) ?? make();
      kept.delete(id);
      kept.set(id, known);
      known.catch(() => kept.delete(id));
      const [oldest] = kept.keys();
      if (kept.size > most && oldest !== undefined) kept.delete(oldest);
      return known as Promise<T>;
    },
  };
}
