import { constants, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Connection } from '../engine/connection.ts';
import { asidePath, listLogFiles } from './log-files.ts';

export interface RotateOptions {
  engine: Connection;
  /** Of the running container that writes the log. */
  containerId: string;
  /** How many files there may be, the one that is written among them. */
  mostFiles: number;
  nowMs: number;
}

/** Sets a log aside, lets the container begin a new one, and removes the oldest files. Loses no line. */
export async function rotateLog(path: string, options: RotateOptions): Promise<void> {
  const { engine, containerId, mostFiles, nowMs } = options;
  const control = await findControlPipe(engine, containerId);
  const aside = asidePath(path, nowMs);
  await rename(path, aside);
  try {
    await askToReopen(control);
  } catch (error) {
    await rename(aside, path); // the container goes on writing to it
    throw error;
  }
  const files = await listLogFiles(path);
  const old = files.filter((file) => file.path !== path);
  for (const file of old.slice(0, Math.max(0, old.length - (mostFiles - 1)))) await rm(file.path, { force: true });
}

/** The pipe by which the container's monitor (conmon) takes orders. */
async function findControlPipe(engine: Connection, containerId: string): Promise<string> {
  const path = `/libpod/containers/${containerId}/json`;
  const { StaticDir } = await engine.call<{ StaticDir: string }>({ method: 'GET', path });
  return join(StaticDir, 'ctl');
}

/** conmon's order 2 opens the log file anew (conmon src/ctrl.c); the other numbers are of no use here. */
async function askToReopen(control: string): Promise<void> {
  // Without waiting: when the monitor is gone, nobody would ever read.
  await using pipe = await open(control, constants.O_WRONLY | constants.O_NONBLOCK);
  await pipe.write('2 0 0\n');
}
