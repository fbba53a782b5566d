import type { RevisionLog } from './contract.ts';
import { Log } from './log.ts';

/** A store that lives as long as the process: for tests and throw-away instances. Its history grows until compacted. */
export function openMemoryStore(): RevisionLog {
  const limits = { maxChanges: Number.POSITIVE_INFINITY, maxSize: Number.POSITIVE_INFINITY };
  return new Log({ entries: [], revision: 0, compactedRevision: 0, limits });
}
