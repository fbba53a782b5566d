import { watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { configMaps } from '@croft/api/kinds';
import { settingsKey } from '@croft/apps/controller';
import { parseSettings } from '@croft/apps/settings';
import type { Client } from '@croft/client/client';
import { errorMessage, hasErrorCode, UserError } from '@croft/foundation/errors';
import { writeFileAtomic } from '@croft/foundation/files';
import type { Log } from '@croft/foundation/log';
import { type Document, isSeq, parseDocument } from 'yaml';
import { applySource, type OwnSources } from './bootstrap.ts';

/** In the settings ConfigMap: why the file could not be read, while the last good settings stay in force. */
export const settingsErrorAnnotation = 'croft.dev/settings-error';

const firstText = (
  domain: string,
  applications: readonly string[],
) => `# The settings of this Croft instance. A change is noticed at once.
domain: ${domain}
# The applications that run here; "croft apps list" shows which there are.
enabled_applications: [${applications.join(', ')}]
`;

/** The domain of the instance: as the file says, or the last good settings while the file is broken. */
export async function readDomain(client: Client, path: string): Promise<string> {
  try {
    return parseSettings(await readFile(path, 'utf8'), path).domain;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const lastGood = (await client.find(configMaps, settingsKey))?.data?.['settings.yaml'];
    if (lastGood === undefined) throw error;
    return parseSettings(lastGood, path).domain;
  }
}

export interface SettingsChange {
  domain?: string;
  enable?: string;
  disable?: string;
}

/** Writes the file the first time, and what is asked for later, keeping comments. Gives whether it changed. */
export async function changeSettings(
  path: string,
  change: SettingsChange,
  first: { domain: string; applications: readonly string[] },
): Promise<boolean> {
  const before = await readText(path);
  const document = parseDocument(before ?? firstText(change.domain ?? first.domain, first.applications));
  if (before !== undefined) parseSettings(before, path);
  if (change.domain !== undefined) document.set('domain', change.domain);
  if (change.enable !== undefined || change.disable !== undefined) changeEnabled(document, change);
  const after = document.toString({ flowCollectionPadding: false });
  parseSettings(after, path);
  if (after === before) return false;
  await writeFileAtomic(path, after);
  return true;
}

function changeEnabled(document: Document, { enable, disable }: SettingsChange): void {
  const list = document.get('enabled_applications');
  const names = isSeq(list) ? (list.toJSON() as string[]) : [];
  const next = names.filter((name) => name !== disable);
  if (enable !== undefined && !next.includes(enable)) next.push(enable);
  if (next.join() !== names.join()) document.set('enabled_applications', document.createNode(next, { flow: true }));
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

export interface SettingsSyncOptions {
  path: string;
  /** What the instance has to follow of its own. */
  own: OwnSources;
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

async function takeOver(client: Client, { path, own }: SettingsSyncOptions): Promise<void> {
  const text = await readFile(path, 'utf8');
  const write = { force: true, fieldManager: 'croft-settings' };
  try {
    const settings = parseSettings(text, path);
    await client.apply(configMaps, { metadata: settingsKey, data: { 'settings.yaml': text } }, write);
    await applySource(client, own, settings);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const present = await client.find(configMaps, settingsKey);
    const annotations = { [settingsErrorAnnotation]: error.message };
    await client.apply(configMaps, { metadata: { ...settingsKey, annotations }, data: present?.data ?? {} }, write);
  }
}
