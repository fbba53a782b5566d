import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openRotatingFile } from '@croft/foundation/rotating-file';
import { readLog } from './follow-log.ts';

async function setUp(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'croft-log-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'croft.log');
  const file = openRotatingFile({ path, maxBytes: 60, maxFiles: 4 });
  t.after(() => file[Symbol.dispose]());
  const files = [3, 2, 1].map((i) => `${path}.${i}`).concat(path);
  const write = (from: number, to: number) => {
    for (let i = from; i <= to; i++) file.write(`line ${i}\n`);
  };
  return { files, write };
}

async function collect(chunks: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const chunk of chunks) text += chunk;
  return text;
}

const numbers = (text: string) =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => Number(line.slice('line '.length)));
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

test('the last lines come out of several files', async (t) => {
  const { files, write } = await setUp(t);
  write(1, 20);
  const read = async (tail: number) => await collect(readLog(files, { tail }));
  assert.deepEqual(numbers(await read(3)), [18, 19, 20]);
  assert.deepEqual(numbers(await read(15)), range(6, 20));
  assert.deepEqual(numbers(await read(1000)), range(1, 20));
  assert.equal(await read(0), '');
});

test('no log at all is an empty one', async (t) => {
  const { files } = await setUp(t);
  for (const file of files) await rm(file, { force: true });
  assert.deepEqual(await collect(readLog(files, { tail: 5 })), '');
});

test('followed, every line comes once while files are set aside', async (t) => {
  const { files, write } = await setUp(t);
  write(1, 4);
  const stop = new AbortController();
  let text = '';
  let written = 4;
  for await (const chunk of readLog(files, { tail: 2, follow: stop.signal })) {
    text += chunk;
    if (numbers(text).at(-1) !== written) continue;
    if (written >= 200) {
      stop.abort();
      continue;
    }
    // Between two looks the file is set aside never, once, or twice.
    const more = (written % 17) + 1;
    write(written + 1, written + more);
    written += more;
  }
  const seen = numbers(text);
  assert.deepEqual(seen, range(3, written));
});
