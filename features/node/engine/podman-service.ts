import { join } from 'node:path';
import type { Clock } from '@croft/foundation/clock';
import { startDetached, stopDetached } from '@croft/foundation/detached';
import { errorMessage, UserError } from '@croft/foundation/errors';
import type { Connection } from './connection.ts';
import { EngineError } from './engine-error.ts';

export interface PodmanServiceOptions {
  engine: Connection;
  runFolder: string;
  environment: NodeJS.ProcessEnv;
  clock: Clock;
}

/** Whether something answers at the socket. */
export async function answers(engine: Connection): Promise<boolean> {
  try {
    await engine.call<unknown>({ method: 'GET', path: '/version', timeoutMs: 5_000 });
    return true;
  } catch (error) {
    if (error instanceof EngineError) return false;
    throw error;
  }
}

/** Starts the API service, which outlives this process, and waits until it answers. Throws UserError. */
export async function startPodmanService({
  engine,
  runFolder,
  environment,
  clock,
}: PodmanServiceOptions): Promise<void> {
  await stopPodmanService(runFolder, clock);
  try {
    await startDetached({
      command: 'podman',
      args: ['system', 'service', '--time=0', `unix://${engine.socketPath}`],
      env: environment,
      pidPath: pidPath(runFolder),
      logPath: join(runFolder, 'podman.log'),
      isReady: () => answers(engine),
      readyTimeoutMs: 20_000,
      clock,
    });
  } catch (error) {
    throw new UserError(`podman's service did not start: ${errorMessage(error)}`, { cause: error });
  }
}

/** Ends the service, started here or in an earlier process; containers go on running. */
export async function stopPodmanService(runFolder: string, clock: Clock): Promise<void> {
  await stopDetached(pidPath(runFolder), { clock, graceMs: 10_000 });
}

function pidPath(runFolder: string): string {
  return join(runFolder, 'podman.pid');
}
