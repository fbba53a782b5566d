import { errorMessage } from '@croft/foundation/errors';
import type { SourceReader } from './reader.ts';

/** What an address on another machine stands for: a file, or a folder with all that may be read from there. */
export type Remote = { readonly content: Uint8Array } | { readonly reader: SourceReader; readonly root: string };

/** Gives what was fetched for an address. Throws when nothing was. */
export type FindRemote = (address: string) => Remote;

/** Fetches what an address stands for. Throws when that is not there, or not allowed. */
export type FetchRemote = (address: string) => Promise<Remote>;

/** Builds with what lies on other machines: an address that a build meets is fetched, and it is built again. */
export async function buildWithRemotes<T>(fetch: FetchRemote, build: (find: FindRemote) => T): Promise<T> {
  const fetched = new Map<string, Remote>();
  for (;;) {
    const missing: string[] = [];
    const find: FindRemote = (address) => {
      const found = fetched.get(address);
      if (found !== undefined) return found;
      missing.push(address);
      throw new Error(`'${address}' is not fetched yet`);
    };
    try {
      const built = build(find);
      if (missing.length === 0) return built;
    } catch (error) {
      if (missing.length === 0) throw error;
    }
    for (const address of new Set(missing)) fetched.set(address, await fetchNamed(fetch, address));
  }
}

async function fetchNamed(fetch: FetchRemote, address: string): Promise<Remote> {
  try {
    return await fetch(address);
  } catch (error) {
    throw new Error(`remote base '${address}': ${errorMessage(error)}`, { cause: error });
  }
}
