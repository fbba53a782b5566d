import { closeSync, fdatasync, fdatasyncSync, openSync } from 'node:fs';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { storeError } from './sqlite-errors.ts';

const syncFile = promisify(fdatasync);

/** How many frames the write-ahead log has before they go into the file: 4 MiB. */
const checkpointFrames = 1024;

/**
 * Brings what SQLite wrote onto the disk while the thread goes on, where SQLite itself would stand still for it. SQLite
 * does the writing, with `synchronous = NORMAL`: it waits for the disk only when it begins its log anew.
 */
export class SqliteDisk {
  readonly #database: DatabaseSync;
  readonly #path: string;
  readonly #log: number;
  /** Closed only behind the database: to close any handle of the file gives up the process' locks on it. */
  readonly #file: number;
  readonly #countFrames: StatementSync;
  /** Why the disk cannot be relied on any more. */
  #failure: unknown;

  /** The database is locked; what its write-ahead log has is made durable before anything of it is shown. */
  constructor(database: DatabaseSync, path: string) {
    this.#database = database;
    this.#path = path;
    this.#log = openSync(`${path}-wal`, 'r');
    this.#file = openSync(path, 'r');
    this.#countFrames = database.prepare('PRAGMA wal_checkpoint(NOOP)');
    fdatasyncSync(this.#log);
  }

  /** Throws StoreFullError for good once the disk has lost a write: what it has of the log then nobody knows. */
  checkSound(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Resolves when all transactions are on the disk. */
  async syncLog(): Promise<void> {
    await this.#sync(this.#log);
  }

  /** Moves the write-ahead log into the file when it is long; while that fails, the log grows. */
  async checkpoint(): Promise<void> {
    if (Number(this.#countFrames.get()?.log) < checkpointFrames) return;
    try {
      this.#database.exec('PRAGMA synchronous = OFF; PRAGMA wal_checkpoint(PASSIVE)');
      // Before the next transaction, which may begin the log anew.
      await this.#sync(this.#file);
    } finally {
      this.#database.exec('PRAGMA synchronous = NORMAL');
    }
  }

  /** After a lost write the database stays open until the process ends: to close it would delete its log. */
  close(): void {
    if (this.#failure !== undefined) return;
    this.#database.close();
    closeSync(this.#log);
    closeSync(this.#file);
  }

  async #sync(file: number): Promise<void> {
    try {
      await syncFile(file);
    } catch (error) {
      this.#failure = storeError(this.#path, error);
      throw this.#failure;
    }
  }
}
