import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { systemClock } from './clock.ts';
import { hasErrorCode } from './errors.ts';
import { ProcessError, run } from './process.ts';

test('what a process in a group has started is killed with it, and so is not waited for', async () => {
  const script = 'sleep 600 & echo $! >&2; wait';
  const error = await run('sh', ['-c', script], { timeoutMs: 300, group: true }).catch((reason: unknown) => reason);
  assert.ok(error instanceof ProcessError);
  assert.match(error.message, /did not finish within 0\.3 s/);
  await untilEnded(error.stderr.trim());
});

test('an aborted signal ends the whole group', async () => {
  const stop = new AbortController();
  const started = Promise.withResolvers<string>();
  const running = run('sh', ['-c', 'sleep 600 & echo $!; wait'], {
    timeoutMs: 60_000,
    group: true,
    signal: stop.signal,
    onOutput: (chunk) => started.resolve(chunk.toString().trim()),
  });
  const child = await started.promise;
  stop.abort(new Error('enough'));
  await assert.rejects(running, /aborted/);
  await untilEnded(child);
});

async function untilEnded(pid: string): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (await isRunning(pid)) {
    assert.ok(Date.now() < deadline, `process ${pid} lives on`);
    await systemClock.wait(10);
  }
}

/** One that has ended may wait for somebody to notice: its state is Z. */
async function isRunning(pid: string): Promise<boolean> {
  try {
    return !/\) [ZX] /.test(await readFile(`/proc/${pid}/stat`, 'utf8'));
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT') || hasErrorCode(error, 'ESRCH')) return false;
    throw error;
  }
}
