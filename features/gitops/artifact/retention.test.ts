import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pruneOld } from './retention.ts';

test('the current artifact and the one before it stay, older ones go when they are no longer young', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'croft-retention-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const nowS = Date.now() / 1000;
  for (const [index, name] of ['sha256-1', 'sha256-2', 'sha256-3'].entries()) {
    await writeFile(join(folder, `${name}.tar.gz`), name);
    await mkdir(join(folder, name));
    for (const path of [name, `${name}.tar.gz`]) await utimes(join(folder, path), nowS, nowS - 10 + index);
  }
  assert.deepEqual(await pruneOld(folder, 'sha256-1.tar.gz', Date.now()), []);
  const later = Date.now() + 120_000;
  assert.deepEqual((await pruneOld(folder, 'sha256-1.tar.gz', later)).sort(), ['sha256-2', 'sha256-2.tar.gz']);
  assert.deepEqual((await readdir(folder)).sort(), ['sha256-1', 'sha256-1.tar.gz', 'sha256-3', 'sha256-3.tar.gz']);
});
