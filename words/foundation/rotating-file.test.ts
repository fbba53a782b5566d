import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openRotatingFile } from './rotating-file.ts';

async function setUp(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'croft-rotating-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return { path: join(folder, 'logs', 'a.log') };
}

test('files stay within their size and number, and no line is lost between them', async (t) => {
  const { path } = await setUp(t);
  const options = { path, maxBytes: 100, maxFiles: 4 };
  const lines = Array.from({ length: 30 }, (_, i) => `line ${i} ${'x'.repeat(i % 7)}\n`);
  {
    using file = openRotatingFile(options);
    for (const line of lines.slice(0, 17)) file.write(line);
  }
  {
    using file = openRotatingFile(options);
    for (const line of lines.slice(17)) file.write(line);
  }
  const names = ['a.log.3', 'a.log.2', 'a.log.1', 'a.log'];
  assert.deepEqual((await readdir(join(path, '..'))).sort(), names.toSorted());
  const texts = await Promise.all(names.map((name) => readFile(join(path, '..', name), 'utf8')));
  for (const text of texts) assert.ok(text.length <= 100 && text.endsWith('\n'), text);
  assert.ok(lines.join('').endsWith(texts.join('')), 'the newest lines, in their order');
  assert.ok(texts.join('').length > 250);
  assert.equal((await stat(path)).mode & 0o777, 0o600);
});

test('a line longer than a file is written whole', async (t) => {
  const { path } = await setUp(t);
  using file = openRotatingFile({ path, maxBytes: 10, maxFiles: 3 });
  const long = `${'y'.repeat(50)}\n`;
  file.write('a\n');
  file.write(long);
  file.write('b\n');
  assert.deepEqual(await Promise.all([`${path}.2`, `${path}.1`, path].map((name) => readFile(name, 'utf8'))), [
    'a\n',
    long,
    'b\n',
  ]);
});

test('after somebody moved the file away lines go to its name again', async (t) => {
  const { path } = await setUp(t);
  using file = openRotatingFile({ path, maxBytes: 100, maxFiles: 3 });
  file.write('before\n');
  await rename(path, `${path}.old`);
  file.write('after\n');
  assert.equal(await readFile(path, 'utf8'), 'after\n');
});

test('what could not be written is told of once there is room', async (t) => {
  const { path } = await setUp(t);
  using file = openRotatingFile({ path, maxBytes: 1000, maxFiles: 3 });
  file.write('first\n');
  // A folder in the way of the next file: nothing can be written until it is gone.
  await rename(path, `${path}.aside`);
  await mkdir(path);
  file.write('lost\n');
  file.write('lost too\n');
  await rm(path, { recursive: true });
  file.write('there\n');
  const [told = '', line = ''] = (await readFile(path, 'utf8')).split('\n');
  assert.match(told, /2 lines were lost: EISDIR/);
  assert.equal(line, 'there');
});
