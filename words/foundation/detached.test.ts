import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { systemClock } from './clock.ts';
import { findDetached, startDetached, stopDetached } from './detached.ts';

async function prepare(t: TestContext) {
  const dir = await mkdtemp(join(tmpdir(), 'croft-detached-'));
  const pidPath = join(dir, 'program.pid');
  t.after(async () => {
    await stopDetached(pidPath, { clock: systemClock, graceMs: 0 });
    await rm(dir, { recursive: true });
  });
  const start = (script: string) =>
    startDetached({
      command: '/bin/sh',
      args: ['-c', script],
      env: { PATH: process.env.PATH },
      pidPath,
      logPath: join(dir, 'log'),
      isReady: async () => (await readFile(join(dir, 'log'), 'utf8')).includes('ready'),
      readyTimeoutMs: 10_000,
      clock: systemClock,
    });
  return { dir, pidPath, start };
}

test('a started program is found by its file until it is stopped', async (t) => {
  const { pidPath, start } = await prepare(t);
  const pid = await start('echo ready; exec sleep 1000');
  assert.equal(await findDetached(pidPath), pid);
  process.kill(pid, 0);
  await stopDetached(pidPath, { clock: systemClock, graceMs: 5_000 });
  assert.equal(await findDetached(pidPath), undefined);
});

test('a program that does not heed SIGTERM is killed', async (t) => {
  const { pidPath, start } = await prepare(t);
  await start('trap "" TERM; echo ready; while :; do sleep 1000; done');
  await stopDetached(pidPath, { clock: systemClock, graceMs: 50 });
  assert.equal(await findDetached(pidPath), undefined);
});

test('a program that ends at once is reported with its words', async (t) => {
  const { start } = await prepare(t);
  await assert.rejects(start('echo the port is taken >&2; exit 3'), /exit code 3: the port is taken/);
});

test('another process with the same id is not taken for the program', async (t) => {
  const { pidPath } = await prepare(t);
  await writeFile(pidPath, `${process.pid}\n`);
  assert.equal(await findDetached(pidPath), undefined);
});
