import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { backup, type DatabaseSync } from 'node:sqlite';
import { UserError } from '@croft/foundation/errors';
import { storeError } from './sqlite-errors.ts';

/** Pages copied at a time; writes to the store get their turn in between. */
const pagesAtATime = 256;

/** Copies an open database to `target`, whole or not at all; what is written meanwhile is copied too. */
export async function writeBackup(database: DatabaseSync, path: string, target: string): Promise<void> {
  if (resolve(target) === resolve(path)) throw new UserError(`${target} is the store itself: name another file`);
  await mkdir(dirname(target), { recursive: true });
  const temporary = `${target}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await (await open(temporary, 'wx', 0o600)).close();
    await backup(database, temporary, { rate: pagesAtATime });
    await syncFile(temporary);
    await rename(temporary, target);
    await syncFile(dirname(target));
  } catch (error) {
    throw storeError(target, error);
  } finally {
    for (const suffix of ['', '-wal', '-shm', '-journal']) await rm(temporary + suffix, { force: true });
  }
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
