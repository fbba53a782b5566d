import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { backup, type DatabaseSync } from 'node:sqlite';
import { UserError } from '@croft/foundation/errors';
import { storeError } from './sqlite-errors.ts';

/** Pages copied at a time; writes to the store get their turn in between. */
const pagesAtATime = 256;
const maxAttempts = 200;

/** Copies an open database to `target`, whole or not at all; what is written meanwhile is copied too. */
export async function writeBackup(database: DatabaseSync, path: string, target: string): Promise<void> {
  if (resolve(target) === resolve(path)) throw new UserError(`${target} is the store itself: name another file`);
  await mkdir(dirname(target), { recursive: true });
  const temporary = `${target}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await (await open(temporary, 'wx', 0o600)).close();
    await copyPages(database, temporary);
    await syncFile(temporary);
    await rename(temporary, target);
    await syncFile(dirname(target));
  } catch (error) {
    throw storeError(target, error);
  } finally {
    for (const suffix of ['', '-wal', '-shm', '-journal']) await rm(temporary + suffix, { force: true });
  }
}

/**
 * Node gives up with an error of code 0 when its first step meets a transaction of ours that is just being written
 * (later steps wait): then nothing was copied yet, and it begins again.
 */
async function copyPages(database: DatabaseSync, target: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await backup(database, target, { rate: pagesAtATime });
      return;
    } catch (error) {
      const metWrite = error instanceof Error && 'errcode' in error && error.errcode === 0;
      if (!metWrite || attempt === maxAttempts) throw error;
    }
    await new Promise(setImmediate);
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
