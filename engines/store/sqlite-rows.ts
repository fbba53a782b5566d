import { crc32 } from 'node:zlib';
import type { Change, Entry } from './contract.ts';

/** A row of `log` as an array: revision, batch, created, previous, deleted, checksum, key, value. */
export type Row = [number, number, number, number, number, number, string, string];

export function rowOf({ type, entry, previous }: Change, batch: number): Row {
  const { revision, createdRevision, key, value } = entry;
  const deleted = type === 'delete' ? 1 : 0;
  const replaced = previous?.revision ?? 0;
  const checksum = checksumOf(revision, batch, createdRevision, replaced, deleted, key, value);
  return [revision, batch, createdRevision, replaced, deleted, checksum, key, value];
}

export function entryOf([revision, , createdRevision, , , , key, value]: Row): Entry {
  return { key, value, revision, createdRevision };
}

export function isDelete(row: Row): boolean {
  return row[4] === 1;
}

/** Whether the row is as it was written. */
export function isIntact([revision, batch, created, previous, deleted, checksum, key, value]: Row): boolean {
  return checksum === checksumOf(revision, batch, created, previous, deleted, key, value);
}

function checksumOf(
  revision: number,
  batch: number,
  created: number,
  previous: number,
  deleted: number,
  key: string,
  value: string,
): number {
  return crc32(value, crc32(`${revision} ${batch} ${created} ${previous} ${deleted} ${key} `));
}
