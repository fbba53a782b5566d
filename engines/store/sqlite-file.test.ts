import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { it, type TestContext } from 'node:test';
import { UserError } from '@croft/foundation/errors';
import { keysOf, Recorder, text } from './conformance/fixtures.ts';
import { openSqliteStore } from './sqlite-store.ts';

function makeFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'croft-store-file-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function makeStore(path: string): Promise<void> {
  await using store = openSqliteStore({ path });
  for (let index = 0; index < 40; index++) await store.put(`/k${index % 30}`, text(`"${'v'.repeat(500)}${index}"`));
  await store.delete('/k0');
}

const userError = (path: string, what: RegExp) => (error: unknown) => {
  assert(error instanceof UserError, String(error));
  assert(error.message.includes(path), error.message);
  assert.match(error.message, what);
  return true;
};

it('finds everything again when it is opened again', async (t) => {
  const path = join(makeFolder(t), 'deep', 'state.db');
  await makeStore(path);
  await using store = openSqliteStore({ path });
  assert.equal(store.revision, 41);
  assert.equal(store.count('/'), 29);
  assert.equal(store.get('/k1')?.createdRevision, 2);
  assert.equal(store.get('/k0', 40)?.revision, 31);
  const watcher = new Recorder();
  using _watch = store.watch('/k0', 0, watcher);
  await watcher.reached(41);
  assert.deepEqual(
    watcher.changes.map((change) => change.slice(0, 10)),
    ['put /k0="v', 'put /k0="v', 'delete /k0'],
  );
});

it('goes on counting after the last change was compacted away', async (t) => {
  const path = join(makeFolder(t), 'state.db');
  {
    await using store = openSqliteStore({ path });
    await store.put('/a', text('1'));
    await store.delete('/a');
    await store.compact(2);
  }
  await using store = openSqliteStore({ path });
  assert.deepEqual([store.revision, store.compactedRevision], [2, 2]);
  assert.equal((await store.put('/a', text('2'))).revision, 3);
});

it('keeps no record on disk of what was compacted', async (t) => {
  const path = join(makeFolder(t), 'state.db');
  {
    await using store = openSqliteStore({ path });
    for (const value of ['1', '2', '3']) await store.put('/a', text(value));
    await store.put('/b', text('1'));
    await store.delete('/b');
    await store.put('/a', text('4'));
    await store.compact(5);
  }
  const database = new DatabaseSync(path);
  t.after(() => database.close());
  const rows = database.prepare('SELECT revision, value FROM log').all();
  assert.deepEqual(
    rows.map(({ revision, value }) => [revision, value]),
    [
      [3, '3'],
      [6, '4'],
    ],
  );
});

it('lets only its user read the files', async (t) => {
  const folder = makeFolder(t);
  await using store = openSqliteStore({ path: join(folder, 'state.db') });
  await store.put('/a', text('1'));
  await store.backup(join(folder, 'copy.db'));
  const files = readdirSync(folder);
  assert(files.includes('state.db-wal') && files.includes('copy.db'), files.join());
  for (const file of files) assert.equal(statSync(join(folder, file)).mode & 0o777, 0o600, file);
});

it('is refused while another process, or this one, has it open', async (t) => {
  const path = join(makeFolder(t), 'state.db');
  await using store = openSqliteStore({ path });
  await store.put('/a', text('1'));
  assert.throws(() => openSqliteStore({ path }), userError(path, /in use by another process/));
  const script = `import { openSqliteStore } from ${JSON.stringify(join(import.meta.dirname, 'sqlite-store.ts'))};
    try { openSqliteStore({ path: process.argv[1] }) } catch (error) { console.log(error.message) }`;
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', script, path], { timeout: 30_000 });
  assert.match(child.stdout.toString(), /in use by another process/, child.stderr.toString());
  assert.equal((await store.put('/a', text('2'))).revision, 2);
});

it('is opened as soon as a process that is ending has let go of it', { timeout: 60_000 }, async (t) => {
  const path = join(makeFolder(t), 'state.db');
  const script = `import { openSqliteStore } from ${JSON.stringify(join(import.meta.dirname, 'sqlite-store.ts'))};
    const store = openSqliteStore({ path: process.argv[1] });
    await store.put('/a', () => '1');
    process.stdout.write('open');
    setTimeout(() => process.exit(), 300);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, path], { timeout: 30_000 });
  await once(child.stdout, 'data');
  assert.throws(() => openSqliteStore({ path }), userError(path, /in use by another process/));
  await using store = openSqliteStore({ path, waitMs: 30_000 });
  assert.equal(store.revision, 1);
});

it('refuses a file that is empty, cut short, or no store', async (t) => {
  const folder = makeFolder(t);
  const whole = join(folder, 'whole.db');
  await makeStore(whole);
  const path = join(folder, 'state.db');

  writeFileSync(path, '');
  assert.throws(() => openSqliteStore({ path }), userError(path, /damaged.*backup/));
  copyFileSync(whole, path);
  truncateSync(path, statSync(path).size / 2);
  assert.throws(() => openSqliteStore({ path }), userError(path, /damaged.*backup/));
  writeFileSync(path, 'not a database at all'.repeat(1000));
  assert.throws(() => openSqliteStore({ path }), userError(path, /damaged.*backup/));
  rmSync(path);
  new DatabaseSync(path).exec('CREATE TABLE other (a)');
  assert.throws(() => openSqliteStore({ path }), userError(path, /not a store/));
  rmSync(path);
  writeFileSync(`${path}-wal`, 'left behind');
  assert.throws(() => openSqliteStore({ path }), userError(path, /missing.*backup/));
});

it('says where it could not be made', (t) => {
  const folder = makeFolder(t);
  writeFileSync(join(folder, 'file'), '');
  const path = join(folder, 'file', 'state.db');
  assert.throws(() => openSqliteStore({ path }), userError(path, /cannot be read or written.*permissions/));
});

it('refuses a file with a changed value or a lost record', async (t) => {
  const folder = makeFolder(t);
  const path = join(folder, 'state.db');
  await makeStore(path);
  const sound = readFileSync(path);

  const place = sound.lastIndexOf('vvvv') - 100;
  writeFileSync(path, Buffer.concat([sound.subarray(0, place), Buffer.from('V'), sound.subarray(place + 1)]));
  assert.throws(() => openSqliteStore({ path }), userError(path, /damaged.*not as it was written/));

  writeFileSync(path, sound);
  const database = new DatabaseSync(path);
  database.exec('DELETE FROM log WHERE revision = 5');
  database.close();
  assert.throws(() => openSqliteStore({ path }), userError(path, /damaged.*revision 5 of \/k4 is missing/));
});

it('never takes damage anywhere in the file for an empty or smaller store', async (t) => {
  const path = join(makeFolder(t), 'state.db');
  await makeStore(path);
  const sound = readFileSync(path);
  for (let place = 0; place < sound.length - 16; place += 97) {
    const damaged = Buffer.from(sound);
    damaged.fill(0xa5, place, place + 16);
    writeFileSync(path, damaged);
    try {
      await using store = openSqliteStore({ path });
      assert.deepEqual([store.revision, store.count('')], [41, 29], `damage at ${place} went unnoticed`);
    } catch (error) {
      assert(error instanceof UserError, `damage at ${place}: ${error}`);
    }
    rmSync(`${path}-wal`, { force: true });
  }
});

it('refuses a write-ahead log that is damaged before its end, and takes one that is cut short', async (t) => {
  const folder = makeFolder(t);
  const live = join(folder, 'live.db');
  const path = join(folder, 'state.db');
  // A copy of the files of an open store is what a crash leaves.
  await using store = openSqliteStore({ path: live });
  for (let index = 0; index < 30; index++) await store.put(`/k${index}`, text('1'));
  const wal = readFileSync(`${live}-wal`);
  const crash = (left: Buffer) => {
    copyFileSync(live, path);
    writeFileSync(`${path}-wal`, left);
  };
  for (const place of [0, 8, 20, 100, Math.floor(wal.length / 2)]) {
    const damaged = Buffer.from(wal);
    damaged.writeUInt8(damaged.readUInt8(place) ^ 0xff, place);
    crash(damaged);
    assert.throws(() => openSqliteStore({ path }), userError(`${path}-wal`, /damaged/), `damage at ${place}`);
  }
  crash(wal.subarray(0, -50));
  await using recovered = openSqliteStore({ path });
  assert.equal(recovered.revision, 29);
});

it('copies itself while it is written', async (t) => {
  const folder = makeFolder(t);
  const copy = join(folder, 'backups', 'copy.db');
  await using store = openSqliteStore({ path: join(folder, 'state.db') });
  const big = 'x'.repeat(20_000);
  await Promise.all(Array.from({ length: 300 }, (_, index) => store.put(`/k${index}`, text(big))));
  const before = store.revision;
  let copied = false;
  const copying = store.backup(copy).finally(() => {
    copied = true;
  });
  for (let round = 0; !copied; round++) {
    await Promise.all([store.put('/left', text(`${round}`)), store.put('/right', text(`${round}`))]);
  }
  await copying;
  await using opened = openSqliteStore({ path: copy });
  assert(opened.revision >= before && opened.revision <= store.revision);
  assert.equal(opened.get('/left')?.value, opened.get('/right')?.value);
  const keys = keysOf(opened.range('/k').entries);
  assert.deepEqual(keys, keysOf(store.range('/k').entries));
});

it('replaces an older copy, and never itself', async (t) => {
  const folder = makeFolder(t);
  const path = join(folder, 'state.db');
  await using store = openSqliteStore({ path });
  await store.put('/a', text('1'));
  await store.backup(join(folder, 'copy.db'));
  await store.put('/a', text('2'));
  await store.backup(join(folder, 'copy.db'));
  await assert.rejects(store.backup(join(folder, '.', 'state.db')), UserError);
  await using opened = openSqliteStore({ path: join(folder, 'copy.db') });
  assert.equal(opened.get('/a')?.value, '2');
  assert.deepEqual(
    readdirSync(folder).filter((file) => file.endsWith('.tmp')),
    [],
  );
});
