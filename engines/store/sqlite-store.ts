import type { DatabaseSync } from 'node:sqlite';
import type { RevisionLog } from './contract.ts';
import type { HistoryLimits } from './history.ts';
import { Log, type LogStart } from './log.ts';
import { writeBackup } from './sqlite-backup.ts';
import { openError } from './sqlite-errors.ts';
import { openDatabase } from './sqlite-file.ts';
import { SqliteJournal } from './sqlite-journal.ts';
import { readLog } from './sqlite-load.ts';

export interface SqliteStoreOptions {
  /** The store's file; made, with the folders above it, when it does not exist. */
  path: string;
  /**
   * How many milliseconds another process may still have the file open (0 when left out): one that was killed keeps it
   * until its last write is on the disk. Nothing else is done meanwhile.
   */
  waitMs?: number;
  /** How much history memory keeps; older history is read from the file. */
  history?: Partial<HistoryLimits>;
  /** The file grows to so many bytes at most; without a limit to what its disk has. */
  maxBytes?: number;
}

export interface SqliteStore extends RevisionLog {
  /**
   * Writes a whole and consistent copy of the store to a file (mode 0600, replaced when it is there) while the store
   * goes on; the copy holds at least what was durable at the call. It opens as a store. Throws UserError,
   * StoreFullError.
   */
  backup(path: string): Promise<void>;
}

/**
 * Opens the store in a SQLite file. Throws UserError when the file is damaged, is of another kind, or is open in
 * another process.
 */
export function openSqliteStore(options: SqliteStoreOptions): SqliteStore {
  const { path, maxBytes, waitMs = 0 } = options;
  const database = openDatabase(path, waitMs);
  try {
    if (maxBytes !== undefined) limitSize(database, maxBytes);
    const limits = { maxChanges: 10_000, maxSize: 8 * 1024 * 1024, ...options.history };
    return new SqliteLog(
      { ...readLog(database, path), journal: new SqliteJournal(database, path), limits },
      database,
      path,
    );
  } catch (error) {
    database.close();
    throw openError(path, error);
  }
}

function limitSize(database: DatabaseSync, maxBytes: number): void {
  const pageBytes = Number(database.prepare('PRAGMA page_size').get()?.page_size);
  database.exec(`PRAGMA max_page_count = ${Math.ceil(maxBytes / pageBytes)}`);
}

class SqliteLog extends Log implements SqliteStore {
  readonly #database: DatabaseSync;
  readonly #path: string;
  readonly #backups = new Set<Promise<void>>();

  constructor(start: LogStart, database: DatabaseSync, path: string) {
    super(start);
    this.#database = database;
    this.#path = path;
  }

  async backup(target: string): Promise<void> {
    const copying = writeBackup(this.#database, this.#path, target);
    this.#backups.add(copying);
    await copying.finally(() => this.#backups.delete(copying));
  }

  /** Waits for the backups that are under way first. */
  override async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled(this.#backups);
    await super[Symbol.asyncDispose]();
  }
}
