import { watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { configMaps } from '@croft/api/kinds';
import { settingsKey } from '@croft/apps/controller';
import { parseSettings, type Settings } from '@croft/apps/settings';
import type { Client } from '@croft/client/client';
import { errorMessage, UserError } from '@croft/foundation/errors';
import type { Log } from '@croft/foundation/log';
import { applySource, type OwnSources } from './bootstrap.ts';

/** In the settings ConfigMap: why the file could not be read, while the last good settings stay in force. */
export const settingsErrorAnnotation = 'croft.dev/settings-error';

/** What to do about settings that cannot be read. */
export const settingsRemedy = 'mend that file; until then the last good settings are in force';

/** The settings at the start: as the file says, or the last good ones while the file is broken. */
export async function readSettings(client: Client, path: string): Promise<Settings> {
  try {
    return parseSettings(await readFile(path, 'utf8'), path);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const lastGood = (await client.find(configMaps, settingsKey))?.data?.['settings.yaml'];
    if (lastGood === undefined) throw error;
    return parseSettings(lastGood, path);
  }
}

export interface SettingsSyncOptions {
  path: string;
  /** What the instance has to follow of its own. */
  own: OwnSources;
  /** Called with the settings that are in force from now on. */
  taken(settings: Settings): void;
  log: Log;
}

/** Keeps the settings ConfigMap, and the source that is followed, like the file. A broken file leaves the last good settings, and says so on the ConfigMap. */
export async function startSettingsSync(client: Client, options: SettingsSyncOptions): Promise<AsyncDisposable> {
  const { path, log } = options;
  let running = Promise.resolve();
  const sync = () => {
    running = running
      .then(() => takeOver(client, options))
      .catch((error) => log.error('the settings could not be taken over', { error: errorMessage(error) }));
    return running;
  };
  // The folder is watched: editors and atomic writes replace the file.
  const watcher = watch(dirname(path), { persistent: false }, (_event, file) => file === basename(path) && void sync());
  await sync();
  return {
    [Symbol.asyncDispose]: async () => {
      watcher.close();
      await running;
    },
  };
}

async function takeOver(client: Client, { path, own, taken }: SettingsSyncOptions): Promise<void> {
  const text = await readFile(path, 'utf8');
  const write = { force: true, fieldManager: 'croft-settings' };
  try {
    const settings = parseSettings(text, path);
    await client.apply(configMaps, { metadata: settingsKey, data: { 'settings.yaml': text } }, write);
    await applySource(client, own, settings);
    taken(settings);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const present = await client.find(configMaps, settingsKey);
    const annotations = { [settingsErrorAnnotation]: error.message };
    await client.apply(configMaps, { metadata: { ...settingsKey, annotations }, data: present?.data ?? {} }, write);
  }
}
