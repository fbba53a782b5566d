import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { allocatorOptions, nodeOptions } from '@croft/platform/daemon';

const program = join(import.meta.dirname, '../../programs/cli/main.ts');
/** Linux counts a process' time in hundredths of a second. */
const tickMs = 10;

/** A `croft apiserver` of its own process. */
export interface ServerProcess extends AsyncDisposable {
  readonly kubeconfig: string;
  readonly readyMs: number;
  /** Resident memory in bytes. */
  residentBytes(): number;
  /** User and system time so far. */
  cpuMs(): number;
}

/** Starts it on a directory as the launcher does, from the sources, and waits until it serves; the compiled code of `cacheDir` is used, and kept there. */
export async function startServer(dataDir: string, cacheDir: string): Promise<ServerProcess> {
  const begin = performance.now();
  const server = spawn(
    process.execPath,
    [...nodeOptions, program, 'apiserver', '--data-dir', dataDir, '--api-port', '0'],
    {
      env: { ...process.env, ...allocatorOptions, NODE_COMPILE_CACHE: cacheDir },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  await untilReady(server);
  const readyMs = Math.round(performance.now() - begin);
  return {
    kubeconfig: join(dataDir, 'kubeconfig'),
    readyMs,
    residentBytes: () => {
      const status = readFileSync(`/proc/${server.pid}/status`, 'utf8');
      return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024;
    },
    cpuMs: () => {
      const stat = readFileSync(`/proc/${server.pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return (Number(fields[11]) + Number(fields[12])) * tickMs;
    },
    [Symbol.asyncDispose]: async () => {
      if (server.exitCode !== null) return;
      const ended = once(server, 'exit');
      server.kill();
      await ended;
    },
  };
}

async function untilReady(server: ChildProcess): Promise<void> {
  const ready = once(server.stdout!, 'data');
  const ended = once(server, 'exit').then(() => {
    throw new Error('croft apiserver ended before it was ready; what it said stands above');
  });
  await Promise.race([ready, ended]);
  ended.catch(() => {});
}
