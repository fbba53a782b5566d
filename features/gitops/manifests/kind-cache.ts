import type { Kind } from '@croft/api/kind';
import type { Client } from '@croft/client/client';

/** Discovery that remembers the kinds it found, until they turn out to be gone. */
export interface KindCache {
  find(apiVersion: string, kind: string): Promise<Kind | undefined>;
  forget(kind: Kind): void;
}

export function createKindCache(client: Client): KindCache {
  const known = new Map<string, Kind>();
  return {
    find: async (apiVersion, kind) => {
      const id = `${apiVersion} ${kind}`;
      const found = known.get(id) ?? (await client.findKind(apiVersion, kind));
      if (found !== undefined) known.set(id, found);
      return found;
    },
    forget: ({ group, version, kind }) => known.delete(`${group === '' ? version : `${group}/${version}`} ${kind}`),
  };
}
