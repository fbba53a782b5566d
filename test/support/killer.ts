import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@croft/foundation/clock';
import { findDaemon } from '@croft/platform/daemon';
import { eventually, type TestInstance } from './instance.ts';

/** Kills come at random within so many milliseconds of a start: while it starts, and while it works. */
const longestLifeMs = 1_600;

/**
 * Kills Croft at random so many times, and starts it each time at once, as a supervisor would. Resolves when all of it is
 * up again.
 */
export async function killAndStart(instance: TestInstance, times: number): Promise<void> {
  for (let count = 0; count < times; count += 1) {
    await systemClock.wait(Math.random() * longestLifeMs);
    await instance.killCroft();
    instance.startCroft();
  }
  await eventually(async () => {
    if ((await findDaemon(instance.dataDir))?.ready) return;
    throw new Error(`Croft is not up again; its log ends: ${(await readOwnLog(instance)).slice(-2000)}`);
  });
}

async function readOwnLog({ dataDir }: TestInstance): Promise<string> {
  return await readFile(join(dataDir, 'logs', 'croft.log'), 'utf8');
}
