import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import type { Clock } from '@croft/foundation/clock';
import { hasErrorCode, UserError } from '@croft/foundation/errors';
import { writeFileAtomic } from '@croft/foundation/files';
import { readStartTime } from '@croft/foundation/start-time';
import { readRelease } from './croft-release.ts';
import type { Instance } from './instance.ts';
import { instancePaths } from './paths.ts';

/** The running Croft process of an instance, as `run/croft.pid` names it. */
export interface Daemon {
  pid: number;
  /** When the process started, in the kernel's clock ticks: tells it from a later process of the same number. */
  startTime: string;
  /** Which Croft it runs with which settings: when they are others than ours it is to be restarted. */
  fingerprint: string;
  /** All its parts are up. */
  ready: boolean;
}

/** The daemon, when it is alive. */
export async function findDaemon(dataDir: string): Promise<Daemon | undefined> {
  try {
    const daemon = JSON.parse(await readFile(instancePaths(dataDir).pid, 'utf8')) as Daemon;
    return (await readStartTime(daemon.pid)) === daemon.startTime ? daemon : undefined;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT') || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export async function daemonFingerprint(instance: Instance): Promise<string> {
  return `${await readRelease()} ${JSON.stringify(instance)}`;
}

export interface Announcement extends AsyncDisposable {
  /** Tells that all parts are up. */
  ready(): Promise<void>;
}

/** Called by the daemon itself, once the instance is its own. Dispose it at the end. */
export async function announceDaemon(dataDir: string, fingerprint: string): Promise<Announcement> {
  const { pid: path } = instancePaths(dataDir);
  const daemon: Daemon = {
    pid: process.pid,
    startTime: (await readStartTime(process.pid)) ?? '',
    fingerprint,
    ready: false,
  };
  await writeFileAtomic(path, JSON.stringify(daemon));
  return {
    ready: () => writeFileAtomic(path, JSON.stringify({ ...daemon, ready: true })),
    [Symbol.asyncDispose]: () => rm(path, { force: true }),
  };
}

/** Young objects are collected early and with few threads: what a process that mostly waits needs of memory is small. */
export const nodeOptions: readonly string[] = ['--max-semi-space-size=4', '--disable-warning=ExperimentalWarning'];

/**
 * The C library gives memory back at once, from one arena: else it keeps tens of MiB for allocations to come. Buffers of
 * requests are each mapped on their own, as they would leave holes; of mappings a process may have 65,530 in all.
 */
export const allocatorOptions: Readonly<Record<string, string>> = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_MMAP_THRESHOLD_: '8192',
  MALLOC_MMAP_MAX_: '16384',
  MALLOC_TRIM_THRESHOLD_: '65536',
};

/** Nobody needs more of what a process said that could not even write its log. */
const maxOutputBytes = 1024 * 1024;

/**
 * Starts the daemon so that it outlives this process. It writes its log itself; what it cannot write there, such as the
 * last words of a crash, goes to `logs/croft-errors.log`. Gives its process id.
 */
export function spawnDaemon(dataDir: string, program: string, env: NodeJS.ProcessEnv): number | undefined {
  const { logs, errorLog } = instancePaths(dataDir);
  mkdirSync(logs, { recursive: true, mode: 0o700 });
  const isLong = (statSync(errorLog, { throwIfNoEntry: false })?.size ?? 0) > maxOutputBytes;
  const errors = openSync(errorLog, isLong ? 'w' : 'a', 0o600);
  const child = spawn(process.execPath, [...nodeOptions, program, 'run', '--data-dir', dataDir], {
    detached: true,
    stdio: ['ignore', 'ignore', errors],
    cwd: '/',
    env: { ...env, ...allocatorOptions },
  });
  child.unref();
  closeSync(errors);
  return child.pid;
}

/** Asks the daemon to end and waits until it has. What it runs (containers, front door, addresses) goes on. */
export async function stopDaemon(dataDir: string, clock: Clock, timeoutMs = 30_000): Promise<boolean> {
  const daemon = await findDaemon(dataDir);
  if (daemon === undefined) return false;
  process.kill(daemon.pid, 'SIGTERM');
  const end = clock.now() + timeoutMs;
  while ((await readStartTime(daemon.pid)) === daemon.startTime) {
    if (clock.now() > end)
      throw new UserError(
        `Croft (process ${daemon.pid}) does not end; see ${instancePaths(dataDir).log}, then: kill -9 ${daemon.pid}`,
      );
    await clock.wait(20);
  }
  return true;
}
