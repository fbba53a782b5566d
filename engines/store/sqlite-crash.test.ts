import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { it } from 'node:test';
import { openSqliteStore, type SqliteStore } from './sqlite-store.ts';

const kills = 20;

it('has every acknowledged write, and no half of a transaction, after each of many kills', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'croft-crash-'));
  try {
    const path = join(folder, 'state.db');
    for (let kill = 0; kill < kills; kill++) {
      const acknowledged = await writeUntilKilled(path, Math.floor(Math.random() * 150));
      await using store = openSqliteStore({ path });
      assert(store.revision >= acknowledged, `revision ${acknowledged} was acknowledged, ${store.revision} is there`);
      checkPairs(store);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** Gives the last revision that the writer acknowledged before it was killed, after at least so many. */
async function writeUntilKilled(path: string, acknowledgements: number): Promise<number> {
  const writer = spawn(process.execPath, [join(import.meta.dirname, 'crash-writer.ts'), path], {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 30_000,
  });
  const closed = once(writer, 'close');
  let last = 0;
  let count = 0;
  for await (const line of createInterface({ input: writer.stdout })) {
    last = Math.max(last, Number(line));
    // The kill lands somewhere in the writes that follow.
    if (count++ === acknowledgements) writer.kill('SIGKILL');
  }
  await closed;
  assert.equal(writer.signalCode, 'SIGKILL');
  return last;
}

function checkPairs(store: SqliteStore): void {
  const { entries } = store.range('/pair/');
  assert(entries.length > 0);
  for (const { key, value, revision } of entries) {
    assert.equal(JSON.parse(value).revision, revision);
    if (!key.endsWith('/left')) continue;
    const right = store.get(key.replace(/left$/, 'right'));
    assert.equal(right?.revision, revision + 1, `${key} was written without its other half`);
  }
}
