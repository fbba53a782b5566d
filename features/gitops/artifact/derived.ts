/** What can be made of an artifact's contents, with how many are kept of each: an index can have tens of megabytes. */
const most = { chart: 32, package: 32, index: 2 } as const;

export type DerivedKind = keyof typeof most;

/** What was made of the contents of artifacts, such as a chart that was read: contents never change under a digest. */
export interface Derived {
  /** What `make` gives, made once for the digest and the name; a failure is not kept. It is shared: never change it. */
  get<T>(kind: DerivedKind, digest: string, what: string, make: () => Promise<T>): Promise<T>;
}

/** Keeps the results that were asked for last. */
export function createDerived(): Derived {
  const all = { chart: new Map(), package: new Map(), index: new Map() } as Record<
    DerivedKind,
    Map<string, Promise<unknown>>
  >;
  return {
    get: <T>(kind: DerivedKind, digest: string, what: string, make: () => Promise<T>): Promise<T> => {
      const kept = all[kind];
      const id = `${digest} ${what}`;
      const known = kept.get(id) ?? make();
      kept.delete(id);
      kept.set(id, known);
      known.catch(() => kept.delete(id));
      const [oldest] = kept.keys();
      if (kept.size > most[kind] && oldest !== undefined) kept.delete(oldest);
      return known as Promise<T>;
    },
  };
}
