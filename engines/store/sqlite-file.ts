import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, linkSync, mkdirSync, openSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { hasErrorCode, UserError } from '@croft/foundation/errors';
import { damagedError, openError } from './sqlite-errors.ts';
import { checkWriteAheadLog } from './sqlite-wal.ts';

/** "Crft": tells a store from any other SQLite file. */
const applicationId = 0x43726674;
const formatVersion = 1;
/** Up to this size the whole file's structure is checked at opening; the rows of a larger one are, as they are read. */
const fullCheckBytes = 64 * 1024 * 1024;

/**
 * `log` has a row for every change that is not compacted, under its revision. `batch` is the first revision of its
 * transaction, `created` the one that created the key, `previous` the one that wrote the value before (0: none).
 */
const schema = `
  CREATE TABLE log (
    revision INTEGER PRIMARY KEY,
    batch INTEGER NOT NULL,
    created INTEGER NOT NULL,
    previous INTEGER NOT NULL,
    deleted INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL
  ) STRICT;
  CREATE TABLE state (id INTEGER PRIMARY KEY CHECK (id = 1), compacted INTEGER NOT NULL) STRICT;
  INSERT INTO state VALUES (1, 0);
  PRAGMA application_id = ${applicationId};
  PRAGMA user_version = ${formatVersion};
`;

/**
 * Opens a store's file, makes it when there is none, and keeps every other process out of it. Throws UserError, when
 * another process has it only after so many milliseconds, in which this thread stands still.
 */
export function openDatabase(path: string, waitMs: number): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    if (!existsSync(path)) createFile(path);
    // An empty file is an empty database to SQLite; a store's file is never empty.
    if (statSync(path).size === 0) throw damagedError(path, 'it is empty');
    database = new DatabaseSync(path, { timeout: waitMs });
    // Locked from the first access on; the index of the write-ahead log is then in memory, not in a file beside it.
    database.exec('PRAGMA locking_mode = EXCLUSIVE');
    checkFormat(database, path);
    database.exec('PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0');
    database.exec('PRAGMA synchronous = NORMAL; BEGIN EXCLUSIVE; COMMIT');
    checkWriteAheadLog(database, path);
    checkStructure(database, path);
    return database;
  } catch (error) {
    database?.close();
    throw openError(path, error);
  }
}

/** The file appears under its name only when it is whole, and never in place of one that another process just made. */
function createFile(path: string): void {
  if (existsSync(`${path}-wal`)) {
    throw new UserError(
      `${path} is missing though ${path}-wal is there: restore both from a backup, or move that away`,
    );
  }
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    closeSync(openSync(temporary, 'wx', 0o600));
    const database = new DatabaseSync(temporary);
    try {
      database.exec(`BEGIN; ${schema} COMMIT`);
    } finally {
      database.close();
    }
    publishFile(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}

function publishFile(temporary: string, path: string): void {
  try {
    linkSync(temporary, path);
  } catch (error) {
    if (!hasErrorCode(error, 'EEXIST')) throw error;
    return;
  }
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function checkFormat(database: DatabaseSync, path: string): void {
  if (database.prepare('PRAGMA application_id').get()?.application_id !== applicationId) {
    throw new UserError(`${path} is not a store of Croft: choose another data directory, or move the file away`);
  }
  const version = Number(database.prepare('PRAGMA user_version').get()?.user_version);
  if (version !== formatVersion) {
    throw new UserError(`${path} has format ${version}, this Croft reads format ${formatVersion}: use a newer Croft`);
  }
}

function checkStructure(database: DatabaseSync, path: string): void {
  if (statSync(path).size > fullCheckBytes) return;
  const result = database.prepare('PRAGMA quick_check(1)').get()?.quick_check;
  if (result !== 'ok') throw damagedError(path, String(result));
}
