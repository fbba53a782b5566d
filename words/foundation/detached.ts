import { spawn } from 'node:child_process';
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from './clock.ts';
import { hasErrorCode } from './errors.ts';
import { ProcessError } from './process.ts';

/**
 * A program that goes on when the one that started it ends, and is found again later: by a file that holds its process
 * id, and by a variable in its environment that names that file, so that another process with a reused id is never taken
 * for it.
 */
export interface DetachedOptions {
  command: string;
  args: readonly string[];
  /** The whole environment. */
  env: NodeJS.ProcessEnv;
  /** Identifies the program on this machine: an absolute path. */
  pidPath: string;
  /** Output is appended here. */
  logPath: string;
  /** Whether the program does its work already; asked until it says so. */
  isReady(): Promise<boolean>;
  readyTimeoutMs: number;
  clock: Clock;
  signal?: AbortSignal;
}

const marker = 'CROFT_PID_FILE';
const pollMs = 20;

/** Starts the program and waits until it is ready; gives its process id. Throws ProcessError with the end of its log. */
export async function startDetached(options: DetachedOptions): Promise<number> {
  const { command, pidPath, logPath, clock, signal } = options;
  await mkdir(dirname(pidPath), { recursive: true, mode: 0o700 });
  const log = await open(logPath, 'a', 0o600);
  const logStart = (await log.stat()).size;
  // The shell writes the process id before the program begins, so that none is ever lost.
  const child = spawn('/bin/sh', ['-c', 'echo $$ > "$0" && exec "$@"', pidPath, command, ...options.args], {
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    cwd: dirname(pidPath), // what the program leaves in its folder is the instance's own
    env: { ...options.env, [marker]: pidPath },
  });
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`could not be started: ${error.message}`));
    child.once('exit', (code, by) => resolve(code === null ? `was ended by ${by}` : `ended with exit code ${code}`));
  });
  child.unref();
  await log.close();
  let failure: string | undefined;
  void ended.then((why) => {
    failure = why;
  });
  const deadline = clock.now() + options.readyTimeoutMs;
  try {
    while (failure === undefined && !(await options.isReady())) {
      if (clock.now() > deadline) failure ??= `was not ready within ${options.readyTimeoutMs / 1000} s`;
      else await clock.wait(pollMs, signal);
    }
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  if (failure !== undefined) {
    child.kill('SIGKILL');
    throw new ProcessError(command, failure, await readLogFrom(logPath, logStart));
  }
  return child.pid ?? 0;
}

/** The process id of the program if it runs. */
export async function findDetached(pidPath: string): Promise<number | undefined> {
  try {
    const pid = Number((await readFile(pidPath, 'utf8')).trim());
    if (!Number.isInteger(pid) || pid <= 0) return undefined;
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8');
    return environment.split('\0').includes(`${marker}=${pidPath}`) ? pid : undefined;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT') || hasErrorCode(error, 'ESRCH')) return undefined;
    throw error;
  }
}

export interface StopOptions {
  clock: Clock;
  /** How long it may take to end by itself before it is killed. */
  graceMs: number;
}

/** Ends the program and waits until it is gone; fine when it does not run. */
export async function stopDetached(pidPath: string, { clock, graceMs }: StopOptions): Promise<void> {
  const pid = await findDetached(pidPath);
  if (pid !== undefined) {
    const deadline = clock.now() + graceMs;
    sendSignal(pid, 'SIGTERM');
    while ((await findDetached(pidPath)) === pid) {
      if (clock.now() > deadline) sendSignal(pid, 'SIGKILL');
      await clock.wait(pollMs);
    }
  }
  await rm(pidPath, { force: true });
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!hasErrorCode(error, 'ESRCH')) throw error;
  }
}

async function readLogFrom(path: string, start: number): Promise<string> {
  return (await readFile(path)).subarray(start).toString('utf8');
}
