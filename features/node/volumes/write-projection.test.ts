import assert from 'node:assert/strict';
import { chmod, mkdtemp, readdir, readFile, readlink, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeProjection } from './write-projection.ts';

const file = (path: string, text: string, mode = 0o644) => ({ path, data: Buffer.from(text), mode });

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'projection-'));
  try {
    await chmod(folder, 0o755);
    await work(join(folder, 'volume'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test('files change all at once: the link that leads to them is replaced', async () => {
  await withFolder(async (folder) => {
    assert.equal(await writeProjection(folder, [file('a', '1'), file('sub/b', '2', 0o400)], undefined), true);
    const first = await readlink(join(folder, '..data'));
    assert.equal(await readFile(join(folder, 'sub/b'), 'utf8'), '2');
    assert.equal((await stat(join(folder, 'sub/b'))).mode & 0o777, 0o400);
    assert.equal(await writeProjection(folder, [file('a', '1'), file('sub/b', '2', 0o400)], undefined), false);
    assert.equal(await writeProjection(folder, [file('a', '3')], undefined), true);
    assert.notEqual(await readlink(join(folder, '..data')), first);
    assert.deepEqual(
      (await readdir(folder)).filter((name) => !name.startsWith('..')),
      ['a'],
    );
    assert.equal(await readFile(join(folder, 'a'), 'utf8'), '3');
    assert.equal((await readdir(folder)).length, 3, 'what was before is removed');
  });
});
