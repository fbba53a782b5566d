import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { allocatorOptions, nodeOptions } from '@croft/platform/daemon';

const program = join(import.meta.dirname, '../../programs/cli/main.ts');

/** A `croft apiserver` that can be killed and started again on the same directory and port. */
export interface ApiProcess extends AsyncDisposable {
  readonly kubeconfig: string;
  /** As a crash would end it. */
  kill(): Promise<void>;
  /** Resolves when it serves again. */
  start(): Promise<void>;
}

/** Starts it on a free port. */
export async function startApiProcess(dataDir: string): Promise<ApiProcess> {
  let port = '0';
  let child: ChildProcess;
  const start = async () => {
    const args = [...nodeOptions, program, 'apiserver', '--data-dir', dataDir, '--api-port', port];
    child = spawn(process.execPath, args, {
      env: { ...process.env, ...allocatorOptions },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`croft apiserver ended with ${code} before it was ready`);
    });
    const [line] = (await Promise.race([once(child.stdout!, 'data'), ended])) as [Buffer];
    ended.catch(() => {});
    port = /:(\d+),/.exec(String(line))?.[1] ?? port;
  };
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  await start();
  return { kubeconfig: join(dataDir, 'kubeconfig'), kill, start, [Symbol.asyncDispose]: kill };
}
