import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@croft/foundation/clock';
import { hasErrorCode } from '@croft/foundation/errors';

const graceMs = 5_000;
const pollMs = 20;

/**
 * Waits until nothing works on a storage any more that Podman had started: monitors of ended containers, and what cleans
 * up behind these. What takes longer than its grace is killed.
 */
export async function endMonitors(stateFolder: string, clock: Clock): Promise<void> {
  const deadline = clock.now() + graceMs;
  for (let pids = await findMonitors(stateFolder); pids.length > 0; pids = await findMonitors(stateFolder)) {
    if (clock.now() > deadline) for (const pid of pids) kill(pid);
    await clock.wait(pollMs);
  }
}

async function findMonitors(stateFolder: string): Promise<number[]> {
  const storage = join(stateFolder, 'storage');
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const commands = await Promise.all(pids.map(async (pid) => ({ pid: Number(pid), command: await readCommand(pid) })));
  return commands
    .filter(({ command: [program = '', ...rest] }) => {
      return /(^|\/)(conmon|podman)$/.test(program) && rest.some((argument) => argument.startsWith(storage));
    })
    .map(({ pid }) => pid);
}

async function readCommand(pid: string): Promise<string[]> {
  try {
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT') || hasErrorCode(error, 'ESRCH')) return []; // it has ended
    throw error;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!hasErrorCode(error, 'ESRCH')) throw error;
  }
}
