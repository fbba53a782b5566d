import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { readArchive } from './archive.ts';

/** A tar archive of one file. */
function tarOf(name: string, content: string): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write(Buffer.byteLength(content).toString(8).padStart(11, '0'), 124);
  header.write('0', 156);
  const body = Buffer.alloc(512);
  body.write(content);
  return gzipSync(Buffer.concat([header, body, Buffer.alloc(1024)]));
}

test('the outermost folder is taken off', () => {
  const [file] = readArchive(tarOf('app/templates/a.yaml', 'a: 1'));
  assert.equal(file?.name, 'templates/a.yaml');
  assert.equal(Buffer.from(file?.data ?? []).toString(), 'a: 1');
});

test('names that lead out of the chart are refused', () => {
  assert.throws(() => readArchive(tarOf('app/../../etc/passwd', 'x')), /references parent directory/);
  assert.throws(() => readArchive(tarOf('app//etc/passwd', 'x')), /absolute paths/);
  assert.throws(() => readArchive(Buffer.from('no gzip')), /invalid header/);
});
