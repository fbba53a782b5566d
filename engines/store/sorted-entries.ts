import type { Entry } from './contract.ts';
import { compareKeys } from './keys.ts';

const maxChunk = 512;

/**
 * Entries in byte order of their keys, as a list of short sorted arrays: a lookup is two binary searches, an insertion
 * moves at most one short array, and a rank (how many entries lie before a place) adds up the arrays' lengths. A single
 * key, which is what most requests ask for, is found through a map beside them.
 */
export class SortedEntries {
  #chunks: Entry[][] = [];
  readonly #byKey = new Map<string, Entry>();

  /** Takes entries that are in order already. */
  static fromSorted(entries: readonly Entry[]): SortedEntries {
    const sorted = new SortedEntries();
    for (const entry of entries) sorted.#byKey.set(entry.key, entry);
    // Half full, so that the first insertions do not split every array.
    for (let start = 0; start < entries.length; start += maxChunk / 2) {
      sorted.#chunks.push(entries.slice(start, start + maxChunk / 2));
    }
    return sorted;
  }

  get(key: string): Entry | undefined {
    return this.#byKey.get(key);
  }

  /** Whether any key begins so. */
  hasPrefix(prefix: string): boolean {
    const chunk = this.#chunks[this.#chunkOf(prefix)];
    return chunk?.[lowerBound(chunk, prefix)]?.key.startsWith(prefix) === true;
  }

  /** Adds the entry or puts it in the place of the one with its key. */
  set(entry: Entry): void {
    this.#byKey.set(entry.key, entry);
    const place = Math.max(0, Math.min(this.#chunkOf(entry.key), this.#chunks.length - 1));
    const chunk = this.#chunks[place];
    if (chunk === undefined) {
      this.#chunks.push([entry]);
      return;
    }
    const index = lowerBound(chunk, entry.key);
    if (chunk[index]?.key === entry.key) {
      chunk[index] = entry;
      return;
    }
    chunk.splice(index, 0, entry);
    if (chunk.length > maxChunk) this.#chunks.splice(place + 1, 0, chunk.splice(maxChunk / 2));
  }

  delete(key: string): void {
    if (!this.#byKey.delete(key)) return;
    const place = this.#chunkOf(key);
    const chunk = this.#chunks[place];
    if (chunk === undefined) return;
    const index = lowerBound(chunk, key);
    if (chunk[index]?.key !== key) return;
    chunk.splice(index, 1);
    const next = this.#chunks[place + 1];
    if (next !== undefined && chunk.length + next.length <= maxChunk / 2) {
      chunk.push(...next);
      this.#chunks.splice(place + 1, 1);
    } else if (chunk.length === 0) this.#chunks.splice(place, 1);
  }

  /** How many entries lie before the first one that is not `before`; all that are must stand first. */
  rank(before: (key: string) => boolean): number {
    const place = partition(this.#chunks, (chunk) => before(chunk.at(-1)!.key));
    let rank = 0;
    for (let index = 0; index < place; index++) rank += this.#chunks[index]!.length;
    const chunk = this.#chunks[place];
    return chunk === undefined ? rank : rank + partition(chunk, (entry) => before(entry.key));
  }

  /** The entries from rank `start`, `count` of them or as many as there are. */
  slice(start: number, count: number): Entry[] {
    const parts: Entry[][] = [];
    let skip = start;
    let wanted = count;
    for (const chunk of this.#chunks) {
      if (wanted <= 0) break;
      if (skip < chunk.length) {
        const part = chunk.slice(skip, skip + wanted);
        parts.push(part);
        wanted -= part.length;
      }
      skip = Math.max(0, skip - chunk.length);
    }
    return parts.flat();
  }

  /** The first array whose last key is not before `key`. */
  #chunkOf(key: string): number {
    return partition(this.#chunks, (chunk) => compareKeys(chunk.at(-1)!.key, key) < 0);
  }
}

function lowerBound(chunk: readonly Entry[], key: string): number {
  return partition(chunk, (entry) => compareKeys(entry.key, key) < 0);
}

/** The index of the first item that is not `before`. */
function partition<T>(items: readonly T[], before: (item: T) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (before(items[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low;
}
