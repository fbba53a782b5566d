import { access, constants, readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { UserError } from '@croft/foundation/errors';

/** What this machine's kernel and programs can do for containers. */
export interface HostAbilities {
  runtime: 'crun' | 'runc';
  cgroupVersion: 1 | 2;
  /** CAP_SYS_RESOURCE is there, so that limits of processes may be raised. */
  canRaiseLimits: boolean;
  /** The limits of open files and processes that this process has and may give on, as in containers.conf. */
  ulimits: readonly string[];
}

const capSysResource = 24n;

/** Throws UserError when no runtime fits. */
export async function readHostAbilities(searchPath: string): Promise<HostAbilities> {
  const cgroupVersion = (await isThere('/sys/fs/cgroup/cgroup.controllers')) ? 2 : 1;
  // crun refuses a host whose cgroups are of both versions.
  const wanted = cgroupVersion === 2 ? (['crun', 'runc'] as const) : (['runc'] as const);
  for (const runtime of wanted) {
    if (await isProgram(runtime, searchPath)) {
      const canRaiseLimits = hasCapability(await readFile('/proc/self/status', 'utf8'));
      return { runtime, cgroupVersion, canRaiseLimits, ulimits: await readUlimits() };
    }
  }
  throw new UserError(`no container runtime (${wanted.join(' or ')}) is installed: apt-get install runc`);
}

function hasCapability(status: string): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0';
  return ((BigInt(`0x${effective}`) >> capSysResource) & 1n) === 1n;
}

/** The hard limits, to be hard and soft ones. Podman 4 lowers that of processes to the kernel's highest process number. */
async function readUlimits(): Promise<string[]> {
  const limits = await readFile('/proc/self/limits', 'utf8');
  const highestPid = Number(await readFile('/proc/sys/kernel/pid_max', 'utf8'));
  const hardLimit = (row: RegExp) => Number(row.exec(limits)?.[1] ?? Number.POSITIVE_INFINITY);
  const files = hardLimit(/^Max open files +\S+ +(\d+)/m);
  const processes = Math.min(hardLimit(/^Max processes +\S+ +(\d+)/m), highestPid);
  return Object.entries({ nofile: files, nproc: processes })
    .filter(([, limit]) => Number.isFinite(limit))
    .map(([name, limit]) => `${name}=${limit}:${limit}`);
}

async function isProgram(name: string, searchPath: string): Promise<boolean> {
  const found = await Promise.all(
    [...searchPath.split(delimiter), '/usr/sbin', '/sbin'].map((folder) => isThere(join(folder, name), constants.X_OK)),
  );
  return found.includes(true);
}

async function isThere(path: string, mode = constants.F_OK): Promise<boolean> {
  try {
    await access(path, mode);
    return true;
  } catch {
    return false;
  }
}
