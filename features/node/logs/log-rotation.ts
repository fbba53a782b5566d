import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@croft/foundation/clock';
import { errorMessage, hasErrorCode } from '@croft/foundation/errors';
import type { Log } from '@croft/foundation/log';
import type { Connection } from '../engine/connection.ts';
import { findContainer } from '../engine/containers.ts';
import { renderContainerName } from '../pod/container-labels.ts';
import { listLogFiles } from './log-files.ts';
import { rotateLog } from './rotate-log.ts';

export interface LogRotationOptions {
  engine: Connection;
  /** POD/CONTAINER/RESTART.log lie in it. */
  logsDir: string;
  clock: Clock;
  log: Log;
  limits?: LogLimits;
}

export interface LogLimits {
  /** From this size on a file is set aside. */
  fileBytes: number;
  mostFiles: number;
  /** How often sizes are looked at. */
  periodMs: number;
}

/** The kubelet's own (containerLogMaxSize, containerLogMaxFiles, containerLogMonitorInterval). */
const kubeletLimits: LogLimits = { fileBytes: 10 * 1024 * 1024, mostFiles: 5, periodMs: 10_000 };

/** Keeps the logs of running containers within limits until disposed. */
export function startLogRotation(options: LogRotationOptions): AsyncDisposable {
  const { clock, log, limits = kubeletLimits } = options;
  const stop = new AbortController();
  const look = async () => {
    while (!stop.signal.aborted) {
      await rotateLargeLogs(options, limits, stop.signal).catch((error: unknown) => {
        if (!stop.signal.aborted) log.warn('logs could not be looked at', { error: errorMessage(error) });
      });
      await clock.wait(limits.periodMs, stop.signal).catch(() => {});
    }
  };
  const looking = look();
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort(new Error('the node was stopped'));
      await looking;
    },
  };
}

async function rotateLargeLogs(options: LogRotationOptions, limits: LogLimits, signal: AbortSignal): Promise<void> {
  const { logsDir, engine, clock, log } = options;
  for await (const { path, containerName } of findLogs(logsDir)) {
    if (signal.aborted) return;
    const current = (await listLogFiles(path)).find((file) => file.path === path);
    if (current === undefined || current.sizeBytes < limits.fileBytes) continue;
    const container = await findContainer(engine, containerName);
    if (container?.State.Running !== true) continue; // it grows no more
    try {
      await rotateLog(path, { engine, containerId: container.Id, mostFiles: limits.mostFiles, nowMs: clock.now() });
    } catch (error) {
      log.warn('a log could not be rotated', { path, error: errorMessage(error) });
    }
  }
}

/** Every log that containers write, and the name of the container that writes it. */
async function* findLogs(logsDir: string): AsyncGenerator<{ path: string; containerName: string }> {
  for (const podFolder of await readFolder(logsDir)) {
    const [namespace = '', podName = '', uid = ''] = podFolder.split('_');
    for (const name of await readFolder(join(logsDir, podFolder))) {
      for (const file of await readFolder(join(logsDir, podFolder, name))) {
        const [, restarts] = /^(\d+)\.log$/.exec(file) ?? [];
        if (restarts === undefined) continue;
        const identity = { pod: { namespace, name: podName, uid }, name, restartCount: Number(restarts) };
        yield { path: join(logsDir, podFolder, name, file), containerName: renderContainerName(identity) };
      }
    }
  }
}

/** Empty when it is gone: Pods come and go meanwhile. */
async function readFolder(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT') || hasErrorCode(error, 'ENOTDIR')) return [];
    throw error;
  }
}
