import { systemClock } from '@croft/foundation/clock';
import { errorMessage } from '@croft/foundation/errors';
import { createLog } from '@croft/foundation/log';
import { type Announcement, announceDaemon, daemonFingerprint } from '@croft/platform/daemon';
import { getInstance } from '@croft/platform/instance';
import { openOwnLog } from '@croft/platform/own-log';
import { startPlatform } from '@croft/platform/platform';
import type { PlatformConfig } from '@croft/platform/platform-config';
import type { Command } from '../command.ts';
import { dataDirOption, readDataDir } from '../common-options.ts';

export const command: Command = {
  name: 'run',
  summary: 'Run Croft in the foreground; "croft up" and the service of the machine call this',
  examples: ['croft run --data-dir /var/lib/croft'],
  options: dataDirOption,
  hidden: true,
  run: async (input) => {
    const dataDir = readDataDir(input);
    const instance = await getInstance(dataDir);
    using file = openOwnLog(dataDir);
    const log = createLog((line) => {
      file.write(line);
      process.stdout.write(line);
    });
    process.on('uncaughtExceptionMonitor', (error) => log.error('Croft ends by an error', { error: error.stack }));
    try {
      await serve({ dataDir, instance, log, clock: systemClock, env: input.env });
    } catch (error) {
      log.error('Croft could not start', { error: errorMessage(error) });
      throw error;
    }
    return 0;
  },
};

async function serve(config: PlatformConfig): Promise<void> {
  const { dataDir, instance, log } = config;
  const stopped = new Promise<string>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal));
  });
  await using stack = new AsyncDisposableStack();
  let announcement: Announcement | undefined;
  const onOwned = async () => {
    announcement = stack.use(await announceDaemon(dataDir, await daemonFingerprint(instance)));
  };
  stack.use(await startPlatform({ ...config, onOwned }));
  await announcement?.ready();
  log.info('Croft is ready');
  log.info('Croft is ending', { signal: await stopped });
}
