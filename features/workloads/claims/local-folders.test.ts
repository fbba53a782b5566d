import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ensureFolder, findFolder, folderName, removeFolder } from './local-folders.ts';

async function withFolder(use: (dir: string) => Promise<void>): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'croft-folders-'));
  try {
    await use(join(dir, 'volumes'));
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

const record = (folder: string, createdAt: string, namespace = 'a', claim = 'b') => ({
  folder,
  namespace,
  claim,
  uid: folder,
  createdAt,
});

test('the youngest folder of a claim is found, never one of another whose name reads the same', async () => {
  await withFolder(async (dir) => {
    assert.equal(await findFolder(dir, 'a', 'b'), undefined);
    await ensureFolder(dir, record('a-b-1', '2026-01-01T00:00:00Z'));
    await ensureFolder(dir, record('a-b-2', '2026-02-01T00:00:00Z'));
    await ensureFolder(dir, record('a-b-c-3', '2026-03-01T00:00:00Z', 'a-b', 'c'));
    assert.equal((await findFolder(dir, 'a', 'b'))?.folder, 'a-b-2');
    assert.equal(await findFolder(dir, 'a', 'b-c'), undefined);
    await removeFolder(dir, 'a-b-2');
    assert.equal((await findFolder(dir, 'a', 'b'))?.folder, 'a-b-1');
  });
});

test('a damaged record is named, and hides no data', async () => {
  await withFolder(async (dir) => {
    await ensureFolder(dir, record('a-b-1', '2026-01-01T00:00:00Z'));
    await writeFile(join(dir, 'a-b-1.claim.json'), '{"names');
    await assert.rejects(findFolder(dir, 'a', 'b'), /a-b-1\.claim\.json is damaged: mend it/);
  });
});

test('a folder name stays within what a file system takes', () => {
  const metadata = { name: 'c'.repeat(250), namespace: 'n', uid: '12345678-aaaa', resourceVersion: '1' };
  const name = folderName({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata });
  assert.ok(Buffer.byteLength(`${name}.claim.json`) <= 255, name);
  assert.match(name, /^n-c+-12345678$/);
});
