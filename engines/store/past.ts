import type { Entry, RangeOptions, RangeResult } from './contract.ts';
import type { History } from './history.ts';
import { compareKeys } from './keys.ts';
import type { SortedEntries } from './sorted-entries.ts';

/** What stands now under a prefix. `revision` is what the answer says it shows. */
export function rangeNow(live: SortedEntries, prefix: string, options: RangeOptions, revision: number): RangeResult {
  // Most requests look into something that is empty: quotas, limits.
  if (!live.hasPrefix(prefix)) return { entries: [], revision, remaining: 0 };
  const [start, end] = bounds(live, prefix, options.after);
  const entries = live.slice(start, Math.min(options.limit ?? Number.POSITIVE_INFINITY, end - start));
  return { entries, revision, remaining: end - start - entries.length };
}

/** What stood under a prefix at an old revision: what stands now, with all later changes taken back. */
export function rangeThen(
  live: SortedEntries,
  history: History,
  prefix: string,
  options: RangeOptions,
  revision: number,
): RangeResult {
  const before = entriesBefore(history, revision, (key) => isInside(key, prefix, options.after));
  if (before.size === 0) return rangeNow(live, prefix, options, revision);
  const restored = [...before.values()].filter((entry) => entry !== undefined);
  const limit = options.limit ?? Number.POSITIVE_INFINITY;
  const [start, end] = bounds(live, prefix, options.after);
  // Of so many entries at least `limit` are untouched, or there are no more.
  const untouched = live.slice(start, Math.min(limit + before.size, end - start)).filter(({ key }) => !before.has(key));
  let total = end - start + restored.length;
  for (const key of before.keys()) if (live.get(key) !== undefined) total -= 1;
  const entries = [...untouched, ...restored].sort((a, b) => compareKeys(a.key, b.key)).slice(0, limit);
  return { entries, revision, remaining: total - entries.length };
}

/** One key at an old revision. */
export function getThen(live: SortedEntries, history: History, key: string, revision: number): Entry | undefined {
  for (const change of history.changesBehind(revision)) if (change.entry.key === key) return change.previous;
  return live.get(key);
}

/** What each wanted key that changed behind the revision was before its first change. */
function entriesBefore(history: History, revision: number, wanted: (key: string) => boolean) {
  const before = new Map<string, Entry | undefined>();
  for (const { entry, previous } of history.changesBehind(revision)) {
    if (wanted(entry.key) && !before.has(entry.key)) before.set(entry.key, previous);
  }
  return before;
}

function isInside(key: string, prefix: string, after: string | undefined): boolean {
  return key.startsWith(prefix) && (after === undefined || compareKeys(key, after) > 0);
}

function bounds(live: SortedEntries, prefix: string, after: string | undefined): [start: number, end: number] {
  const first = live.rank((key) => compareKeys(key, prefix) < 0);
  const end = live.rank((key) => key.startsWith(prefix) || compareKeys(key, prefix) < 0);
  if (after === undefined) return [first, end];
  return [
    Math.min(
      end,
      Math.max(
        first,
        live.rank((key) => compareKeys(key, after) <= 0),
      ),
    ),
    end,
  ];
}
