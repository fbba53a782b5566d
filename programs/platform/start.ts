import { join } from 'node:path';
import type { Clock } from '@croft/foundation/clock';
import { UserError } from '@croft/foundation/errors';
import { run } from '@croft/foundation/process';
import { croftRoot } from './croft-release.ts';
import { daemonFingerprint, findDaemon, spawnDaemon, stopDaemon } from './daemon.ts';
import type { Instance } from './instance.ts';
import { instancePaths } from './paths.ts';
import { hasSystemd, startUnit } from './systemd.ts';

export interface StartOptions {
  dataDir: string;
  instance: Instance;
  env: NodeJS.ProcessEnv;
  clock: Clock;
  say(text: string): void;
}

const startTimeoutMs = 120_000;
/** The process must have announced itself after so long. */
const appearTimeoutMs = 5_000;

/** Makes sure that the instance runs, with this very Croft. Throws UserError with the end of its log when it does not come up. */
export async function ensureDaemon(options: StartOptions): Promise<void> {
  const { dataDir, instance, env, clock, say } = options;
  const running = await findDaemon(dataDir);
  if (running !== undefined && running.fingerprint === (await daemonFingerprint(instance)))
    return await waitUntilReady(options);
  if (running !== undefined) {
    say('Restarting Croft as it is to be now; applications go on');
    await stopDaemon(dataDir, clock);
  } else say('Starting Croft');
  if (await hasSystemd()) await startUnit({ id: instance.id, launcher: join(croftRoot, 'croft'), dataDir, env });
  else spawnDaemon(dataDir, thisProgram(), env);
  await waitUntilReady(options);
}

/** From its sources or bundled, as this process runs. */
function thisProgram(): string {
  const [, program] = process.argv;
  if (program === undefined) throw new Error('Croft does not know its own program');
  return program;
}

async function waitUntilReady({ dataDir, clock }: StartOptions): Promise<void> {
  const begun = clock.now();
  for (;;) {
    const daemon = await findDaemon(dataDir);
    if (daemon?.ready) return;
    const waited = clock.now() - begun;
    if (waited > startTimeoutMs)
      throw new UserError(`Croft is not up after ${startTimeoutMs / 1000} s. ${await readLogEnd(dataDir)}`);
    if (daemon === undefined && waited > appearTimeoutMs)
      throw new UserError(`Croft did not start. ${await readLogEnd(dataDir)}`);
    await clock.wait(20);
  }
}

async function readLogEnd(dataDir: string): Promise<string> {
  const { log, errorLog } = instancePaths(dataDir);
  const ends = await Promise.all(
    [errorLog, log].map(async (path) => {
      const { stdout } = await run('tail', ['-n', '15', path], { timeoutMs: 5_000, okExitCodes: [0, 1] });
      return stdout === '' ? '' : `The end of ${path}:\n${stdout}`;
    }),
  );
  return ends.join('');
}
