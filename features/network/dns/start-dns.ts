import { Resolver } from 'node:dns/promises';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Clock } from '@croft/foundation/clock';
import { findDetached, startDetached, stopDetached } from '@croft/foundation/detached';
import { sha256Hex } from '@croft/foundation/digest';
import { hasErrorCode } from '@croft/foundation/errors';
import { writeFileAtomic } from '@croft/foundation/files';
import { run } from '@croft/foundation/process';
import type { ZoneFile } from './zone.ts';

export interface DnsOptions {
  /** The program's process id, log and records lie here. */
  runDir: string;
  address: string;
  /** 53 when left out. */
  port?: number;
  clock: Clock;
  signal?: AbortSignal;
  /** /etc/resolv.conf when left out. */
  resolvPath?: string;
  /** The program; the one beside this file when left out. */
  program?: string;
}

const graceMs = 3_000;
const readyTimeoutMs = 15_000;
const warmUpMs = 30_000;
/** Bounds what Node sets aside; the program needs a few MiB. */
const nodeFlags = ['--max-semi-space-size=1', '--max-old-space-size=64', '--v8-pool-size=0', '--single-threaded-gc'];

/**
 * Makes sure that the DNS program of this version runs, as a process that outlives this one. One that runs already is
 * left alone; one of another version is ended once the new one answers. Gives the process id.
 */
export async function startDns(options: DnsOptions): Promise<number> {
  const { runDir, address, port = 53, resolvPath = '/etc/resolv.conf', clock, signal } = options;
  const program = options.program ?? join(import.meta.dirname, 'server.ts');
  const settings = [address, String(port), recordsPath(runDir), resolvPath];
  const version = sha256Hex(JSON.stringify([settings, process.execPath, await readSources(program)])).slice(0, 12);
  const pidPath = join(runDir, `dns-${version}.pid`);
  const pid =
    (await findDetached(pidPath)) ??
    (await startDetached({
      command: process.execPath,
      args: [...nodeFlags, program, ...settings, version],
      env: await warmUp(program, runDir),
      pidPath,
      logPath: join(runDir, 'dns.log'),
      isReady: () => answersAs(version, address, port),
      readyTimeoutMs,
      clock,
      ...(signal === undefined ? {} : { signal }),
    }));
  for (const other of await listPidPaths(runDir)) if (other !== pidPath) await stopDetached(other, { clock, graceMs });
  return pid;
}

/** Ends the program, whatever its version. */
export async function stopDns({ runDir, clock }: Pick<DnsOptions, 'runDir' | 'clock'>): Promise<void> {
  for (const pidPath of await listPidPaths(runDir)) await stopDetached(pidPath, { clock, graceMs });
}

/** Whether a program of any version runs. */
export async function isDnsRunning(runDir: string): Promise<boolean> {
  for (const pidPath of await listPidPaths(runDir)) if ((await findDetached(pidPath)) !== undefined) return true;
  return false;
}

/** Hands records to the program, whether it runs yet or not. */
export async function writeRecords(runDir: string, records: ZoneFile): Promise<void> {
  await writeFileAtomic(recordsPath(runDir), JSON.stringify(records));
}

/**
 * Runs the program once for nothing, so that Node keeps its compiled form: the one that stays then never loads the
 * compiler for types, which would hold 22 MiB for as long as it runs. Gives the environment to start it with.
 */
async function warmUp(program: string, runDir: string): Promise<NodeJS.ProcessEnv> {
  const env = { PATH: process.env.PATH, NODE_COMPILE_CACHE: join(runDir, 'dns-cache') };
  await run(process.execPath, [...nodeFlags, program], { env, timeoutMs: warmUpMs });
  return env;
}

function recordsPath(runDir: string): string {
  return join(runDir, 'dns-records.json');
}

async function answersAs(version: string, address: string, port: number): Promise<boolean> {
  const resolver = new Resolver({ timeout: 500, tries: 1 });
  resolver.setServers([`${address}:${port}`]);
  try {
    return (await resolver.resolveTxt(`${version}.version.croft`))[0]?.[0] === version;
  } catch {
    return false; // it does not answer yet: the caller asks again, up to its limit
  }
}

async function listPidPaths(runDir: string): Promise<string[]> {
  try {
    const names = await readdir(runDir);
    return names.filter((name) => /^dns-[0-9a-f]+\.pid$/.test(name)).map((name) => join(runDir, name));
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return [];
    throw error;
  }
}

/** The texts of all files that lie beside the program: when one changes, it is another version. */
async function readSources(program: string): Promise<string[]> {
  const names = (await readdir(dirname(program))).filter(
    (name) => name === basename(program) || (name.endsWith('.ts') && !name.endsWith('.test.ts')),
  );
  return await Promise.all(names.sort().map((name) => readFile(join(dirname(program), name), 'utf8')));
}
