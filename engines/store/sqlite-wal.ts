import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { damagedError } from './sqlite-errors.ts';

/** https://www.sqlite.org/fileformat2.html#the_write_ahead_log */
const headerBytes = 32;
const frameHeaderBytes = 24;
/** Its last bit says that the checksums are sums of big-endian words. */
const magic = 0x377f0682;

/**
 * Throws UserError when the write-ahead log is damaged before its end. SQLite itself takes the first bad frame for the
 * end, as a crash may leave one: but a crash cuts one transaction short, never one that others follow. To be called
 * when the database is locked and nothing is written yet.
 */
export function checkWriteAheadLog(database: DatabaseSync, path: string): void {
  const walPath = `${path}-wal`;
  if (!existsSync(walPath)) return;
  const wal = openSync(walPath, 'r');
  try {
    const lost = countCommits(wal, readableFrames(database), walPath);
    if (lost > 1) throw damagedError(walPath, `${lost} transactions in it cannot be read`);
  } finally {
    closeSync(wal);
  }
}

/** The frames that SQLite found sound; NOOP moves none of them, which a full disk would not allow. */
function readableFrames(database: DatabaseSync): number {
  return Math.max(0, Number(database.prepare('PRAGMA wal_checkpoint(NOOP)').get()?.log));
}

/** How many transactions of the log's present round end behind so many frames. */
function countCommits(wal: number, frames: number, walPath: string): number {
  const header = readAt(wal, 0, headerBytes);
  // All zero: a crash came before the first transaction was written.
  if (header === undefined || header.every((byte) => byte === 0)) return 0;
  if (!isSoundHeader(header)) throw damagedError(walPath, 'its header is not as it was written');
  const frameBytes = frameHeaderBytes + header.readUInt32BE(8);
  const salts = header.subarray(16, 24);
  let commits = 0;
  for (let index = frames; ; index++) {
    const frame = readAt(wal, headerBytes + index * frameBytes, frameHeaderBytes);
    if (frame === undefined) return commits;
    const endsTransaction = frame.readUInt32BE(4) !== 0;
    if (endsTransaction && frame.subarray(8, 16).equals(salts)) commits += 1;
  }
}

function isSoundHeader(header: Buffer): boolean {
  const kind = header.readUInt32BE(0);
  if (kind !== magic && kind !== magic + 1) return false;
  const wordAt = (place: number) => (kind === magic ? header.readUInt32LE(place) : header.readUInt32BE(place));
  let first = 0;
  let second = 0;
  for (let place = 0; place < 24; place += 8) {
    first = (first + wordAt(place) + second) >>> 0;
    second = (second + wordAt(place + 4) + first) >>> 0;
  }
  return first === header.readUInt32BE(24) && second === header.readUInt32BE(28);
}

/** Undefined at the end of the file. */
function readAt(file: number, position: number, size: number): Buffer | undefined {
  const buffer = Buffer.alloc(size);
  return readSync(file, buffer, 0, size, position) === size ? buffer : undefined;
}
