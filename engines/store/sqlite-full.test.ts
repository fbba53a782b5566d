import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { ProcessError, run } from '@croft/foundation/process';
import { Recorder, text } from './conformance/fixtures.ts';
import { StoreFullError } from './contract.ts';
import { openSqliteStore, type SqliteStore } from './sqlite-store.ts';

const large = text(`"${'x'.repeat(40_000)}"`);

/** Writes until the store refuses, small things too; prints how many writes it took, and how the store is then. */
const fillScript = `import { openSqliteStore } from ${JSON.stringify(join(import.meta.dirname, 'sqlite-store.ts'))};
  const store = openSqliteStore({ path: process.argv[1] });
  const put = (key, size) => store.put(key, () => 'x'.repeat(size)).then(() => undefined, (error) => error.name);
  let written = 0;
  while (written < 1000 && (await put('/fill/' + written, 40_000)) === undefined) written += 1;
  const then = [await put('/small', 1), store.count('/fill/') === written ? 'readable' : 'lost'];
  await store[Symbol.asyncDispose]();
  console.log(JSON.stringify({ written, then }));`;

/** Writes until the store refuses; gives how many writes it took. */
async function fillUp(store: SqliteStore): Promise<number> {
  for (let index = 0; index < 1000; index++) {
    try {
      await store.put(`/fill/${index}`, large);
    } catch (error) {
      assert(error instanceof StoreFullError, String(error));
      return index;
    }
  }
  return assert.fail('the store never became full');
}

async function checkRefusal(store: SqliteStore): Promise<void> {
  const { revision } = store;
  const watcher = new Recorder();
  using _watch = store.watch('', revision, watcher);
  const refused = await Promise.allSettled([
    store.put('/new', large, { expected: 0 }),
    store.put('/new', large, { expected: revision + 1 }),
    store.put('/new', large, { expected: 0 }),
  ]);
  for (const result of refused) assert(result.status === 'rejected' && result.reason instanceof StoreFullError);
  assert.deepEqual([store.revision, store.get('/new'), watcher.changes], [revision, undefined, []]);
}

/** A folder on a file system of its own with so many bytes, or undefined where mounting is not allowed. */
async function mountSmall(t: TestContext, bytes: number): Promise<string | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'croft-store-full-'));
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'croft-test', folder], { timeoutMs: 10_000 });
  } catch (error) {
    rmSync(folder, { recursive: true });
    assert(error instanceof ProcessError);
    return undefined;
  }
  t.after(async () => {
    await run('umount', ['--lazy', folder], { timeoutMs: 10_000 });
    rmSync(folder, { recursive: true });
  });
  return folder;
}

it('refuses writes on a full disk, reads on, and writes again once there is room', async (t) => {
  const folder = await mountSmall(t, 2 * 1024 * 1024);
  if (folder === undefined) throw new Error('this test mounts a small tmpfs, and mounting is not allowed here');
  const path = join(folder, 'state.db');
  const ballast = join(folder, 'ballast');
  let written = 0;
  {
    await using store = openSqliteStore({ path });
    await store.put('/first', text('1'));
    writeFileSync(ballast, Buffer.alloc(1024 * 1024));
    written = await fillUp(store);
    await checkRefusal(store);
    assert.equal(store.count('/fill/'), written);
  }
  {
    await using store = openSqliteStore({ path });
    await checkRefusal(store);
    assert.equal(store.count('/fill/'), written);
    rmSync(ballast);
    assert.equal((await store.put('/new', large, { expected: 0 })).revision, written + 2);
  }
  await using store = openSqliteStore({ path });
  assert.equal(store.get('/first')?.value, '1');
  assert.equal(store.get('/new')?.value, large());
});

it('takes no writes once the disk has lost what it was given, and has all that was acknowledged when opened anew', async (t) => {
  const outer = await mountSmall(t, 1024 * 1024);
  if (outer === undefined) throw new Error('this test mounts a small tmpfs, and mounting is not allowed here');
  // A disk that promises more than it has: the system takes writes that it cannot bring onto it.
  const disk = join(outer, 'disk');
  writeFileSync(disk, '');
  truncateSync(disk, 8 * 1024 * 1024);
  await run('mkfs.ext2', ['-q', '-F', disk], { timeoutMs: 10_000 });
  const folder = mkdtempSync(join(tmpdir(), 'croft-store-lost-'));
  t.after(async () => {
    await run('umount', ['--lazy', folder], { timeoutMs: 10_000, okExitCodes: [0, 32] });
    rmSync(folder, { recursive: true });
  });
  await run('mount', ['-o', 'loop', disk, folder], { timeoutMs: 10_000 });
  const path = join(folder, 'state.db');
  const writer = await run(process.execPath, ['--input-type=module', '-e', fillScript, path], { timeoutMs: 60_000 });
  const { written, then } = JSON.parse(writer.stdout) as { written: number; then: string[] };
  assert.ok(written > 0, 'nothing could be written');
  assert.deepEqual(then, ['StoreFullError', 'readable']);
  await run('mount', ['-o', 'remount,size=16m', outer], { timeoutMs: 10_000 });
  await using store = openSqliteStore({ path });
  assert.ok(store.count('/fill/') >= written, `${written} were acknowledged, ${store.count('/fill/')} are there`);
  await store.put('/new', large);
});

it('refuses a backup that finds no room, and leaves nothing of it', async (t) => {
  const folder = await mountSmall(t, 256 * 1024);
  if (folder === undefined) throw new Error('this test mounts a small tmpfs, and mounting is not allowed here');
  const home = mkdtempSync(join(tmpdir(), 'croft-store-full-'));
  t.after(() => rmSync(home, { recursive: true, force: true }));
  await using store = openSqliteStore({ path: join(home, 'state.db') });
  for (let index = 0; index < 20; index++) await store.put(`/${index}`, large);
  const target = join(folder, 'copy.db');
  await assert.rejects(
    store.backup(target),
    (error) => error instanceof StoreFullError && error.message.includes(target),
  );
  writeFileSync(join(folder, 'room'), Buffer.alloc(200 * 1024));
});

it('refuses writes beyond its own limit, and takes them again when history has made room', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'croft-store-full-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  await using store = openSqliteStore({ path: join(folder, 'state.db'), maxBytes: 1024 * 1024 });
  await store.put('/old', large);
  await store.put('/old', large);
  await store.delete('/old');
  await fillUp(store);
  await checkRefusal(store);
  await store.compact(store.revision);
  await store.put('/new', large, { expected: 0 });
});
