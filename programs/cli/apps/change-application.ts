import { systemClock } from '@croft/foundation/clock';
import type { JsonObject } from '@croft/foundation/json';
import type { ApplicationStatus } from '@croft/platform/application-status';
import { instancePaths } from '@croft/platform/paths';
import { editSettings, readSettingsFile, setEnabled, setIn } from '@croft/platform/settings-file';
import type { CommandInput } from '../command.ts';
import { readDataDir, readTimeoutMs, wantsJson } from '../common-options.ts';
import { type Connection, connect } from '../connection.ts';
import type { SyncContext } from '../sync/reconcile-now.ts';
import { awaitSettings, awaitSettingsSecret } from './await-settings.ts';
import { followInstalled, followRemoved } from './follow-application.ts';
import { getApplication } from './get-application.ts';

/** What is to be different in the settings of an application. */
export interface ApplicationChange {
  enabled?: boolean;
  /** The values that the administrator sets, all of them. */
  values?: JsonObject;
  volumes?: 'keep' | 'delete';
}

/** Writes the change into `settings.yaml`, follows it to the end unless `--no-wait`, and gives how the application then is. */
export async function changeApplication(
  input: CommandInput,
  connection: Connection,
  { namespace, name, enabled: wasEnabled }: ApplicationStatus,
  change: ApplicationChange,
): Promise<ApplicationStatus> {
  const { settings: path } = instancePaths(readDataDir(input));
  const at = (field: string) => ['applications', name, field];
  await editSettings(path, (document) => {
    if (change.enabled !== undefined) setEnabled(document, name, change.enabled);
    if (change.volumes !== undefined) setIn(document, at('volumes'), change.volumes === 'keep' ? undefined : 'delete');
    if (change.values !== undefined)
      setIn(document, at('values'), Object.keys(change.values).length === 0 ? undefined : change.values);
  });
  const settings = await readSettingsFile(path);
  const own = settings.applications[name]?.values ?? {};
  const enabled = settings.enabledApplications.includes(name);
  if (input.options['no-wait'] !== true) {
    const deadlineMs = systemClock.now() + readTimeoutMs(input);
    const { say } = input.terminal;
    const context: SyncContext = { client: connection.client, clock: systemClock, deadlineMs, say };
    await awaitSettings(context, path);
    const key = { namespace, name };
    if (enabled || wasEnabled || name in settings.applications)
      await awaitSettingsSecret(context, key, { enabled, own });
    if (enabled) await followInstalled(connection, context, key);
    else if (wasEnabled) await followRemoved(context, key);
  }
  return await getApplication(connection, name);
}

/** Connects, does the work with the application of that name, and tells of it as it then is. */
export async function withApplication(
  input: CommandInput,
  name: string,
  work: (connection: Connection, application: ApplicationStatus) => Promise<ApplicationStatus>,
  describe: (application: ApplicationStatus) => string,
): Promise<number> {
  using connection = await connect(readDataDir(input));
  const after = await work(connection, await getApplication(connection, name));
  if (wantsJson(input)) input.terminal.print(JSON.stringify(forPrograms(after), undefined, 2));
  else input.terminal.print(describe(after));
  return 0;
}

/** Passwords are shown to people who ask for one application, and never to programs. */
export function forPrograms({ login: _, telling: __, ...application }: ApplicationStatus): object {
  return application;
}
