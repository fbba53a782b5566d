import { statfs } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { dirname } from 'node:path';
import type { Clock } from '@croft/foundation/clock';
import { hasErrorCode } from '@croft/foundation/errors';
import { examineClock } from './clock.ts';
import type { Finding } from './finding.ts';
import { isDebianLike } from './packages.ts';
import { findPortProblem } from './ports.ts';
import { findMissingPrograms } from './programs.ts';

export interface DoctorOptions {
  dataDir: string;
  /** Ports that must be free or held by this instance, by the flag that sets them. */
  ports: Readonly<Record<string, number>>;
  env: NodeJS.ProcessEnv;
  uid: number;
  clock: Clock;
}

const gibibyte = 1024 ** 3;

/** What this machine has and lacks, most important first. */
export async function examineMachine(options: DoctorOptions): Promise<Finding[]> {
  const findings = await Promise.all([
    examineUser(options),
    examinePrograms(options),
    ...Object.entries(options.ports).map(([flag, port]) => examinePort(flag, port, options.dataDir)),
    examineDisk(options),
    examineMemory(),
    examineClock(options.dataDir, options.clock.now()),
  ]);
  return findings.flat();
}

function examineUser({ uid }: DoctorOptions): Finding {
  if (uid === 0) return { name: 'user', level: 'ok', message: 'running as root' };
  return {
    name: 'user',
    level: 'fail',
    message: 'containers, addresses and ports below 1024 need root',
    remedy: 'sudo ./croft up',
  };
}

async function examinePrograms({ env }: DoctorOptions): Promise<Finding> {
  const missing = await findMissingPrograms(env);
  if (missing.length === 0) return { name: 'programs', level: 'ok', message: 'all programs are installed' };
  const names = missing.map(({ program, purpose }) => `${program} (${purpose})`).join(', ');
  const packages = missing.map((required) => required.package).join(' ');
  const remedy = (await isDebianLike()) ? `apt-get install -y ${packages}` : `install: ${packages}`;
  return { name: 'programs', level: 'fail', message: `not installed: ${names}`, remedy };
}

async function examinePort(flag: string, port: number, dataDir: string): Promise<Finding> {
  const problem = await findPortProblem(port, dataDir);
  if (problem === undefined) return { name: flag, level: 'ok', message: `port ${port} can be used` };
  const remedy = `stop that program, or choose another port with --${flag}`;
  return { name: flag, level: 'fail', message: `port ${port} ${problem}`, remedy };
}

async function examineDisk({ dataDir }: DoctorOptions): Promise<Finding> {
  const { bavail, bsize } = await statNearest(dataDir);
  const free = (Number(bavail) * Number(bsize)) / gibibyte;
  const message = `${free.toFixed(1)} GiB free for ${dataDir}`;
  if (free >= 5) return { name: 'disk', level: 'ok', message };
  const level = free < 2 ? 'fail' : 'warn';
  return {
    name: 'disk',
    level,
    message: `${message}; images and data need about 5`,
    remedy: 'free some room, or choose another disk with --data-dir',
  };
}

async function statNearest(path: string): ReturnType<typeof statfs> {
  try {
    return await statfs(path);
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT') || path === '/') throw error;
    return await statNearest(dirname(path));
  }
}

function examineMemory(): Finding {
  const total = totalmem() / gibibyte;
  const message = `${total.toFixed(1)} GiB of memory`;
  if (total >= 1.5) return { name: 'memory', level: 'ok', message };
  return {
    name: 'memory',
    level: 'warn',
    message: `${message}; 2 are recommended`,
    remedy: 'enable fewer applications',
  };
}
