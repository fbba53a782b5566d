import type { ReleaseRecord } from '@croft/helm/release/record';
import { deleteObjects } from './apply-objects.ts';
import { runHooks } from './hooks.ts';
import { resolveObjects } from './objects.ts';
import { parseManifest } from './parse-manifest.ts';
import { deleteRecord, type ReleaseName, readHistory, updateRecord } from './record-store.ts';
import { type ActionOptions, nowText, ReleaseError, withStatus } from './release-context.ts';
import { awaitedOf, type WaitContext, waitForAbsence } from './wait.ts';

export interface UninstallOptions extends ActionOptions {
  release: ReleaseName;
  keepHistory: boolean;
  /** Leave PersistentVolumeClaims of the manifest where they are, whatever their annotations say. */
  keepVolumes: boolean;
}

/** Removes a release with its objects; one that does not exist is fine. Throws ReleaseError. */
export async function uninstallRelease(context: WaitContext, options: UninstallOptions): Promise<void> {
  const { client, clock } = context;
  const history = await readHistory(client, options.release);
  const newest = history.at(-1);
  if (newest === undefined || newest.info.status === 'uninstalled') return;
  const record: ReleaseRecord = {
    ...withStatus(newest, 'uninstalling', 'Deletion in progress (or silently failed)'),
    info: { ...newest.info, status: 'uninstalling', deleted: nowText(context) },
  };
  await updateRecord(client, clock, record);
  await runHooks(context, record, 'pre-delete', options.timeoutMs);
  await deleteManifest(context, record, options);
  await runHooks(context, record, 'post-delete', options.timeoutMs);
  if (options.keepHistory)
    return await updateRecord(client, clock, withStatus(record, 'uninstalled', 'Uninstallation complete'));
  for (const item of history) await deleteRecord(client, item);
}

async function deleteManifest(context: WaitContext, record: ReleaseRecord, options: UninstallOptions): Promise<void> {
  const objects = await resolveObjects(context.client, parseManifest(record.manifest), record.namespace);
  const doomed = objects
    .filter(({ kind }) => !(options.keepVolumes && kind.kind === 'PersistentVolumeClaim'))
    .reverse();
  const { deleted, failures } = await deleteObjects(context.client, doomed);
  if (failures.length > 0)
    throw new ReleaseError(`uninstallation completed with ${failures.length} error(s): ${failures.join('; ')}`, record);
  if (options.wait)
    await waitForAbsence(
      context,
      deleted.map(({ kind, object }) => awaitedOf(kind, object)),
      options.timeoutMs,
    );
}
