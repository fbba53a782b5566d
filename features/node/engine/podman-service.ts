import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@croft/foundation/clock';
import { errorMessage, hasErrorCode, UserError } from '@croft/foundation/errors';
import { writeFileAtomic } from '@croft/foundation/files';
import type { Connection } from './connection.ts';
import { EngineError } from './engine-error.ts';
import { findProcess, isAlive, type ProcessIdentity } from './process-identity.ts';

export interface PodmanServiceOptions {
  engine: Connection;
  runFolder: string;
  environment: NodeJS.ProcessEnv;
  clock: Clock;
}

const startTimeoutMs = 20_000;

/** Whether something answers at the socket. */
export async function answers(engine: Connection): Promise<boolean> {
  try {
    await engine.call<void>({ method: 'GET', path: '/version', timeoutMs: 5_000 });
    return true;
  } catch (error) {
    if (error instanceof EngineError) return false;
    throw error;
  }
}

/**
 * Starts the API service as a process of its own, which outlives this one, and waits until it answers. Throws UserError
 * with the end of its log.
 */
export async function startPodmanService(options: PodmanServiceOptions): Promise<void> {
  const { engine, runFolder, environment, clock } = options;
  await rm(engine.socketPath, { force: true });
  const logPath = join(runFolder, 'podman.log');
  const log = openSync(logPath, 'a', 0o600);
  const child = spawn('podman', ['system', 'service', '--time=0', `unix://${engine.socketPath}`], {
    env: environment,
    cwd: runFolder,
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const failed = new AbortController();
  child.on('error', (error) => failed.abort(error));
  child.on('exit', (code, signal) => failed.abort(new Error(`it ended with ${signal ?? `exit code ${code}`}`)));
  child.unref();
  const deadline = clock.now() + startTimeoutMs;
  while (!(await answers(engine))) {
    if (failed.signal.aborted) throw await startError(logPath, failed.signal.reason);
    if (clock.now() > deadline) throw await startError(logPath, new Error(`no answer in ${startTimeoutMs / 1000} s`));
    await clock.wait(10);
  }
  const identity = child.pid === undefined ? undefined : await findProcess(child.pid);
  if (identity !== undefined) await writeFileAtomic(pidPath(runFolder), JSON.stringify(identity));
}

/** Ends the service that `startPodmanService` started, here or in an earlier process; containers go on running. */
export async function stopPodmanService(runFolder: string, clock: Clock): Promise<void> {
  const identity = await readPid(runFolder);
  if (identity === undefined || !(await isAlive(identity))) return;
  process.kill(identity.pid, 'SIGTERM');
  const deadline = clock.now() + 10_000;
  while (await isAlive(identity)) {
    if (clock.now() > deadline) process.kill(identity.pid, 'SIGKILL');
    await clock.wait(10);
  }
}

function pidPath(runFolder: string): string {
  return join(runFolder, 'podman.pid');
}

async function readPid(runFolder: string): Promise<ProcessIdentity | undefined> {
  try {
    return JSON.parse(await readFile(pidPath(runFolder), 'utf8')) as ProcessIdentity;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function startError(logPath: string, cause: unknown): Promise<UserError> {
  if (hasErrorCode(cause, 'ENOENT')) return new UserError('podman is not installed: apt-get install podman');
  const text = (await readFile(logPath, 'utf8')).trim().slice(-2000);
  return new UserError(`podman's service did not start: ${errorMessage(cause)}${text === '' ? '' : `: ${text}`}`);
}
