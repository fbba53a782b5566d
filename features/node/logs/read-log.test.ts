import assert from 'node:assert/strict';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { parseLogOptions } from './container-logs.ts';
import { asidePath } from './log-files.ts';
import { readLogTail } from './read-log.ts';
import { type LogOptions, streamLog } from './serve-logs.ts';

const lines = [
  '2026-01-01T00:00:01.000000000+00:00 stdout F one',
  '2026-01-01T00:00:02.000000000+00:00 stderr P tw',
  '2026-01-01T00:00:02.500000000+00:00 stderr F o',
  '2026-01-01T00:00:03.000000000+00:00 stdout F thrée',
  '',
].join('\n');

async function read(options: Partial<LogOptions>, text = lines): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'log-'));
  try {
    await writeFile(join(folder, 'log'), text);
    const stream = streamLog(join(folder, 'log'), { follow: false, timestamps: false, ...options }, async () => true);
    return await new Response(stream).text();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test('lines lose their marks, and parts become whole', async () => {
  assert.equal(await read({}), 'one\ntwo\nthrée\n');
  assert.equal(await read({}, ''), '');
});

test('the last lines, what is newer, the first bytes, the times', async () => {
  assert.equal(await read({ tailLines: 1 }), 'thrée\n');
  assert.equal(await read({ tailLines: 0 }), '');
  assert.equal(await read({ tailLines: 100 }), 'one\ntwo\nthrée\n');
  assert.equal(await read({ sinceMs: Date.parse('2026-01-01T00:00:03Z') }), 'thrée\n');
  assert.equal(await read({ limitBytes: 5 }), 'one\nt');
  assert.match(
    await read({ timestamps: true }),
    /^2026-01-01T00:00:01.000000000Z one\n2026-01-01T00:00:02.000000000Z two\n/,
  );
});

test('long logs are read whole', async () => {
  const long = Array.from(
    { length: 5000 },
    (_, i) => `2026-01-01T00:00:01.000000000+00:00 stdout F ${'é'.repeat(40)} ${i}\n`,
  );
  const text = await read({}, long.join(''));
  assert.equal(text.split('\n').length, 5001);
  assert.ok(!text.includes('\ufffd'));
  assert.match(text, /é 4999\n$/);
  assert.match(await read({ tailLines: 2000 }, long.join('')), /^é+ 3000\n/);
});

test('a log that is rotated while it is opened is read from its beginning', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'log-'));
  const path = join(folder, '0.log');
  const line = (number: number) => `2026-01-01T00:00:01.000000000+00:00 stdout F ${number}\n`;
  const until = (end: number) => Array.from({ length: end }, (_, number) => `${number}\n`).join('');
  const rotate = async (number: number) => {
    for (let round = 0; round < number % 20; round++) await setImmediate(); // at another point of the reading each time
    await rename(path, asidePath(path, number));
    await writeFile(path, line(number));
  };
  try {
    await writeFile(path, line(0));
    for (let number = 1; number <= 40; number++) {
      const stream = streamLog(path, { follow: false, timestamps: false }, async () => true);
      const [text] = await Promise.all([new Response(stream).text(), rotate(number)]);
      assert.ok([until(number), until(number + 1)].includes(text), text);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('a log that is not there is empty; bad numbers are refused', async () => {
  assert.equal(await readLogTail('/nowhere/at/all', 3), '');
  assert.throws(() => parseLogOptions(new URLSearchParams('tailLines=-1'), 0), /tailLines: -1 is no whole number/);
});
