import type { DatabaseSync } from 'node:sqlite';
import type { Entry } from './contract.ts';
import { compareKeys } from './keys.ts';
import { damagedError, openError } from './sqlite-errors.ts';
import { entryOf, isDelete, isIntact, type Row } from './sqlite-rows.ts';

export interface Loaded {
  /** What stands, in byte order of the keys. */
  entries: Entry[];
  revision: number;
  compactedRevision: number;
}

/**
 * Reads the whole log, verifying each row's checksum and that the value it replaced is there, so that a lost row is
 * found too. Throws UserError for a damaged file.
 */
export function readLog(database: DatabaseSync, path: string): Loaded {
  try {
    const compactedRevision = Number(database.prepare('SELECT compacted FROM state').get()?.compacted);
    const live = new Map<string, Entry>();
    let revision = compactedRevision;
    const rows = database.prepare('SELECT * FROM log ORDER BY revision');
    rows.setReturnArrays(true);
    for (const row of rows.iterate() as unknown as Iterable<Row>) {
      checkRow(row, live, compactedRevision, path);
      const entry = entryOf(row);
      if (isDelete(row)) live.delete(entry.key);
      else live.set(entry.key, entry);
      revision = Math.max(revision, entry.revision);
    }
    const entries = [...live.values()].sort((a, b) => compareKeys(a.key, b.key));
    return { entries, revision, compactedRevision };
  } catch (error) {
    throw openError(path, error);
  }
}

function checkRow(row: Row, live: ReadonlyMap<string, Entry>, compactedRevision: number, path: string): void {
  const [revision, , , previous, , , key] = row;
  if (!isIntact(row)) throw damagedError(path, `the record of revision ${revision} is not as it was written`);
  // What a compacted record replaced is gone for good.
  if (revision > compactedRevision && (live.get(key)?.revision ?? 0) !== previous) {
    throw damagedError(path, `revision ${previous} of ${key} is missing`);
  }
}
