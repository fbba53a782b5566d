import { readdir, readFile, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@croft/foundation/clock';
import { hasErrorCode } from '@croft/foundation/errors';

const cgroupRoot = '/sys/fs/cgroup';

/** Removes the control group of this path, and those inside it, from every hierarchy; what still runs there is killed. */
export async function removeCgroups(cgroup: string): Promise<void> {
  const hierarchies = (await readdir(cgroupRoot, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  for (const root of [cgroupRoot, ...hierarchies.map(({ name }) => join(cgroupRoot, name))]) {
    await removeTree(join(root, cgroup));
  }
}

async function removeTree(path: string): Promise<void> {
  try {
    const inside = (await readdir(path, { withFileTypes: true })).filter((entry) => entry.isDirectory());
    for (const { name } of inside) await removeTree(join(path, name));
    await endProcesses(join(path, 'cgroup.procs'));
    await rmdir(path);
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT')) throw error;
  }
}

/** Monitors stay a while after the end of what they watched. */
async function endProcesses(procsPath: string): Promise<void> {
  for (let round = 0; round < 200; round++) {
    const pids = (await readFile(procsPath, 'utf8')).split('\n').filter((line) => line !== '' && line !== '0');
    if (pids.length === 0) return;
    for (const pid of pids) sendKill(Number(pid));
    await systemClock.wait(10);
  }
}

function sendKill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!hasErrorCode(error, 'ESRCH')) throw error;
  }
}
