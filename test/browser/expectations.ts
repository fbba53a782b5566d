import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually, type TestInstance } from '../support/instance.ts';
import { type PrintedStatus, readPrintedStatus } from '../support/tiny.ts';
import type { Traffic } from '../support/traffic.ts';
import { readHelmRecords } from './helm-record.ts';

/** How long the machine may take for what Croft does on its own: to build, to roll out, to give up. */
export const patienceMs = 3 * 60_000;

async function statusOf(instance: TestInstance): Promise<PrintedStatus['applications'][number]> {
  const { applications, message } = await readPrintedStatus(instance);
  const found = applications.find(({ name }) => name === 'wordpress');
  if (found === undefined) throw new Error(`the status has no WordPress: ${message}`);
  return found;
}

/** WordPress is ready at this version, and nothing is to be said about it. */
export async function assertReady(instance: TestInstance, version: string): Promise<void> {
  const status = await statusOf(instance);
  assert.deepEqual([status.ready, status.version, status.message], [true, version, '']);
}

/** Waits until the last good version runs again and the status tells why the next one does not. */
export async function assertRolledBack(instance: TestInstance, version: string, reason: RegExp): Promise<void> {
  await eventually(async () => {
    const records = await readHelmRecords(instance, 'apps', 'wordpress');
    assert.match(records.at(-1)?.release.info.description ?? '', /^Rollback to /);
    const status = await statusOf(instance);
    assert.deepEqual([status.ready, status.version], [false, version]);
    assert.match(status.message, reason);
  }, patienceMs);
}

export async function assertAllAnswered(traffic: Traffic): Promise<void> {
  await traffic.stop();
  assert.deepEqual(traffic.failures, []);
}

/** The contents of all files of that name in the volumes' folders. */
export async function readFromVolumes({ dataDir }: TestInstance, name: string): Promise<Buffer[]> {
  const volumes = join(dataDir, 'volumes');
  const files = (await readdir(volumes, { recursive: true })).filter((file) => file.endsWith(`/${name}`));
  return await Promise.all(files.map((file) => readFile(join(volumes, file))));
}
