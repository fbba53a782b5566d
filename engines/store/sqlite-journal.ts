import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Change } from './contract.ts';
import type { Journal, Transaction } from './journal.ts';
import { SqliteDisk } from './sqlite-disk.ts';
import { damagedError, storeError } from './sqlite-errors.ts';
import { entryOf, isDelete, isIntact, type Row, rowOf } from './sqlite-rows.ts';

const columns = (table: string) =>
  ['revision', 'batch', 'created', 'previous', 'deleted', 'checksum', 'key', 'value']
    .map((column) => `${table}.${column}`)
    .join();

/** Two rows side by side; the second one is all null when nothing was replaced. */
type RowPair = [...Row, ...(Row | [null, null, null, null, null, null, null, null])];

/** The journal in a SQLite file: one transaction of the write-ahead log for each `append` and `compact`. */
export class SqliteJournal implements Journal {
  readonly #database: DatabaseSync;
  readonly #path: string;
  readonly #insert: StatementSync;
  readonly #readBehind: StatementSync;
  readonly #deleteReplaced: StatementSync;
  readonly #deleteDeletes: StatementSync;
  readonly #setCompacted: StatementSync;
  readonly #disk: SqliteDisk;

  constructor(database: DatabaseSync, path: string) {
    this.#database = database;
    this.#path = path;
    this.#disk = new SqliteDisk(database, path);
    this.#insert = database.prepare('INSERT INTO log VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
    this.#readBehind = database.prepare(
      `SELECT ${columns('log')}, ${columns('replaced')} FROM log
       LEFT JOIN log AS replaced ON replaced.revision = log.previous
       WHERE log.revision > ? AND log.revision <= ? ORDER BY log.revision`,
    );
    this.#readBehind.setReturnArrays(true);
    this.#deleteReplaced = database.prepare(
      'DELETE FROM log WHERE revision IN (SELECT previous FROM log WHERE revision > ? AND revision <= ?)',
    );
    this.#deleteDeletes = database.prepare('DELETE FROM log WHERE revision > ? AND revision <= ? AND deleted = 1');
    this.#setCompacted = database.prepare('UPDATE state SET compacted = ?');
  }

  append(changes: Transaction): void {
    const batch = changes[0]?.entry.revision ?? 0;
    this.#transact(() => {
      for (const change of changes) this.#insert.run(...rowOf(change, batch));
    });
  }

  readTransactions(after: number, upTo: number, atLeast: number): Transaction[] {
    const transactions: Change[][] = [];
    let count = 0;
    let batch = 0;
    try {
      for (const pair of this.#readBehind.iterate(after, upTo) as unknown as Iterable<RowPair>) {
        if (pair[1] !== batch) {
          if (count >= atLeast) break;
          transactions.push([]);
          batch = pair[1];
        }
        transactions.at(-1)?.push(this.#changeOf(pair));
        count += 1;
      }
    } catch (error) {
      throw storeError(this.#path, error);
    }
    return transactions;
  }

  compact(from: number, to: number): void {
    this.#transact(() => {
      this.#deleteReplaced.run(from, to);
      this.#deleteDeletes.run(from, to);
      this.#setCompacted.run(to);
    });
  }

  async sync(): Promise<void> {
    await this.#disk.syncLog();
  }

  async tidy(): Promise<void> {
    await this.#disk.checkpoint();
  }

  close(): void {
    this.#disk.close();
  }

  #changeOf(pair: RowPair): Change {
    const row = pair.slice(0, 8) as Row;
    const replaced = pair[8] === null ? undefined : (pair.slice(8) as Row);
    if (!isIntact(row) || (replaced !== undefined && !isIntact(replaced))) {
      throw damagedError(this.#path, `the record of revision ${row[0]} is not as it was written`);
    }
    return {
      type: isDelete(row) ? 'delete' : 'put',
      entry: entryOf(row),
      previous: replaced === undefined ? undefined : entryOf(replaced),
    };
  }

  #transact(write: () => void): void {
    this.#disk.checkSound();
    try {
      this.#database.exec('BEGIN IMMEDIATE');
      write();
      this.#database.exec('COMMIT');
    } catch (error) {
      // After some errors SQLite has rolled back by itself.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw storeError(this.#path, error);
    }
  }
}
