import { chmod, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stored } from '@croft/api/object';
import type { PersistentVolumeClaim } from '@croft/api/types';
import { hasErrorCode } from '@croft/foundation/errors';
import { writeFileAtomic } from '@croft/foundation/files';
import { isJsonObject, type JsonObject } from '@croft/foundation/json';

/** What is noted beside a folder: whose data it holds, for people and for claims that come back. */
export interface FolderRecord {
  folder: string;
  namespace: string;
  claim: string;
  uid: string;
  createdAt: string;
}

const suffix = '.claim.json';

/** `NAMESPACE-CLAIM-SHORTUID`: also the name of the PersistentVolume. */
export function folderName({ metadata }: Stored<PersistentVolumeClaim>): string {
  const readable = `${metadata.namespace}-${metadata.name}`.slice(0, 200).replace(/[^a-z0-9]+$/, '');
  return `${readable}-${metadata.uid.slice(0, 8)}`;
}

/** Makes the folder, open to whichever user a container runs as; the folder above is closed to others. */
export async function ensureFolder(volumesDir: string, record: FolderRecord): Promise<string> {
  await mkdir(volumesDir, { recursive: true, mode: 0o700 });
  const path = join(volumesDir, record.folder);
  try {
    await mkdir(path);
    await chmod(path, 0o777);
  } catch (error) {
    if (!hasErrorCode(error, 'EEXIST')) throw error; // its mode is now its owner's matter
  }
  await writeFileAtomic(`${path}${suffix}`, `${JSON.stringify(record, null, 2)}\n`);
  return path;
}

/** Removes data and record for good. */
export async function removeFolder(volumesDir: string, folder: string): Promise<void> {
  await rm(join(volumesDir, folder), { recursive: true, force: true });
  await rm(join(volumesDir, `${folder}${suffix}`), { force: true });
}

/** The folder that an earlier claim of this namespace and name left, the youngest where there are several. */
export async function findFolder(
  volumesDir: string,
  namespace: string,
  claim: string,
): Promise<FolderRecord | undefined> {
  const records = await readRecords(volumesDir);
  return records
    .filter((record) => record.namespace === namespace && record.claim === claim)
    .sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1))[0];
}

async function readRecords(volumesDir: string): Promise<FolderRecord[]> {
  const names = await readdir(volumesDir).catch((error: unknown) => {
    if (hasErrorCode(error, 'ENOENT')) return [];
    throw error;
  });
  const records = names.filter((name) => name.endsWith(suffix)).map(async (name) => await readRecord(volumesDir, name));
  return await Promise.all(records);
}

/** A record that cannot be read stops all: a new folder beside data that is there would hide it. */
async function readRecord(volumesDir: string, name: string): Promise<FolderRecord> {
  const path = join(volumesDir, name);
  const value = parseRecord(await readFile(path, 'utf8'));
  if (value === undefined) throw new Error(`${path} is damaged: mend it, or remove it together with its folder`);
  const text = (field: string) => String(value[field] ?? '');
  return {
    folder: name.slice(0, -suffix.length),
    namespace: text('namespace'),
    claim: text('claim'),
    uid: text('uid'),
    createdAt: text('createdAt'),
  };
}

function parseRecord(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? (value as JsonObject) : undefined;
  } catch {
    return undefined; // the caller says which file it is
  }
}
