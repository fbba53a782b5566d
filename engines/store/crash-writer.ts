/**
 * The process that the crash test kills: writes pairs of keys in one tick each, compacts now and then, and prints the
 * revision of each acknowledged pair. Argument: the store's path.
 */
import { writeSync } from 'node:fs';
import { openSqliteStore } from './sqlite-store.ts';

const [path] = process.argv.slice(2);
if (path === undefined) throw new Error('usage: crash-writer.ts PATH');
const store = openSqliteStore({ path });
const padding = 'x'.repeat(2000);

async function writePairs(lane: number): Promise<never> {
  for (let round = 0; ; round++) {
    const value = (revision: number) => JSON.stringify({ revision, padding });
    const [, second] = await Promise.all([
      store.put(`/pair/${lane}/${round % 20}/left`, value),
      store.put(`/pair/${lane}/${round % 20}/right`, value),
    ]);
    writeSync(1, `${second.revision}\n`);
    if (round % 50 === 49) await store.compact(store.revision - 20);
  }
}

await Promise.all([0, 1, 2, 3].map(writePairs));
