import { systemClock } from '@croft/foundation/clock';
import type { CommandInput } from '../command.ts';
import { readDataDir, readTimeoutMs } from '../common-options.ts';
import { connect } from '../connection.ts';
import type { SyncContext } from '../sync/reconcile-now.ts';
import { syncStages } from '../sync/sync-stages.ts';
import { awaitSettings } from './await-settings.ts';

/** Follows what the followed repository holds now until all is applied; gives the exit code. */
export async function followSource(input: CommandInput, settingsPath: string): Promise<number> {
  using connection = await connect(readDataDir(input));
  const context: SyncContext = {
    client: connection.client,
    clock: systemClock,
    deadlineMs: systemClock.now() + readTimeoutMs(input),
    say: input.terminal.say,
  };
  await awaitSettings(context, settingsPath);
  const outcomes = await syncStages(context, {});
  return outcomes.every(({ ready }) => ready) ? 0 : 1;
}
