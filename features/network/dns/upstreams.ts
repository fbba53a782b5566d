import { readFileSync, statSync } from 'node:fs';

const recheckMs = 5_000;

/** The host's resolvers as resolv.conf names them, without `own`; none when the file is not there. */
export function parseResolvers(text: string, own: string): string[] {
  const servers = text.split('\n').flatMap((line) => {
    const [keyword, address] = line.trim().split(/\s+/);
    return keyword === 'nameserver' && address !== undefined && address !== own ? [address] : [];
  });
  return [...new Set(servers)];
}

/** Gives the resolvers named in the file, which is looked at again when it has changed. */
export function watchResolvers(path: string, own: string, now: () => number): () => string[] {
  let resolvers: string[] = [];
  let stamp: string | undefined;
  let checkedAt = Number.NEGATIVE_INFINITY;
  return () => {
    if (now() - checkedAt < recheckMs) return resolvers;
    checkedAt = now();
    const stat = statSync(path, { throwIfNoEntry: false });
    const next = stat === undefined ? 'none' : `${stat.ino} ${stat.mtimeMs} ${stat.size}`;
    if (next === stamp) return resolvers;
    stamp = next;
    resolvers = stat === undefined ? [] : parseResolvers(readFileSync(path, 'utf8'), own);
    return resolvers;
  };
}
