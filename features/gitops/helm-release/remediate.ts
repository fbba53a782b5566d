import { ReasonedError } from '@croft/controller/outcome';
import { errorMessage } from '@croft/foundation/errors';
import { readHistory } from '@croft/release/record-store';
import { ReleaseError } from '@croft/release/release-context';
import { rollbackRelease } from '@croft/release/rollback';
import { uninstallRelease } from '@croft/release/uninstall';
import { durationText } from '../duration.ts';
import { readinessOf, serverSideOf, timeoutMsOf } from './deploy.ts';
import { noteInventory } from './inventory.ts';
import { chartText, findSummary, note, type ReleaseJob, releaseText } from './release-job.ts';
import { addSnapshot } from './snapshots.ts';
import type { UninstallSpec } from './types.ts';

/** Goes back to an earlier revision after a failed upgrade, and notes how that went. */
export async function rollBack(job: ReleaseJob, toRevision: number): Promise<void> {
  const { context, pass, spec, release } = job;
  const target = pass.status.history?.find(({ version }) => version === toRevision);
  if (target === undefined) throw new Error(`revision ${toRevision} is not in the history`);
  const what = `Helm rollback to previous release ${releaseText(target)} with chart ${chartText(target)}`;
  const failure = findSummary(pass)?.message ?? '';
  const timeoutMs = timeoutMsOf(spec, 'rollback');
  await showRemedy(job, `Running 'rollback' action with timeout of ${durationText(timeoutMs)}`);
  const { disableWait, disableWaitForJobs, disableHooks, force = false, cleanupOnFail = false } = spec.rollback ?? {};
  const keep = async (record: ReleaseError['record']) => {
    const records = await readHistory(context.client, release);
    addSnapshot(pass.status, record, { action: 'rollback', chartDigest: target.ociDigest }, records);
    await noteInventory(job, record);
  };
  try {
    const record = await rollbackRelease(context, {
      release,
      toRevision,
      maxHistory: spec.maxHistory ?? 5,
      timeoutMs,
      wait: disableWait !== true,
      waitForJobs: disableWaitForJobs !== true,
      noHooks: disableHooks === true,
      force,
      cleanupOnFail,
      ...serverSideOf(spec.rollback?.serverSideApply),
      ...readinessOf(spec),
    });
    await keep(record);
  } catch (error) {
    if (context.signal?.aborted) throw error;
    if (error instanceof ReleaseError) await keep(error.record);
    const message = `${what} failed: ${errorMessage(error)}; before: ${failure}`;
    note(job, 'Remediated', 'False', 'RollbackFailed', message);
    throw new ReasonedError('RollbackFailed', message, { cause: error });
  }
  tellWithFailure(job, `Rolled back to ${releaseText(target)} with chart ${chartText(target)}`);
  note(job, 'Remediated', 'True', 'RollbackSucceeded', `${what} succeeded; before: ${failure}`);
}

/** Ready goes on telling the failure that is remedied. */
async function showRemedy({ pass }: ReleaseJob, message: string): Promise<void> {
  const failure = findSummary(pass);
  await pass.progress(
    message,
    failure && { status: 'False', reason: failure.reason ?? 'Failed', message: failure.message ?? '' },
  );
}

/** The event of the failure, not told yet, says how it was remedied: who hears of failures alone is told all at once. */
function tellWithFailure({ pass: { events } }: ReleaseJob, remedy: string): void {
  const failure = events.findLast(({ type }) => type === 'Warning');
  if (failure !== undefined) failure.message = `${remedy}: ${failure.message}`;
}

/** Removes the release after a failure, and notes how that went. */
export async function remediateByUninstall(job: ReleaseJob): Promise<void> {
  const { context, pass, spec, release, wanted } = job;
  const [current] = pass.status.history ?? [];
  const name = current === undefined ? `${release.namespace}/${release.name}` : releaseText(current);
  const what = `Helm uninstall remediation for release ${name} with chart ${chartText(current ?? wanted)}`;
  const failure = findSummary(pass)?.message ?? '';
  const timeoutMs = timeoutMsOf(spec, 'uninstall');
  await showRemedy(job, `Running 'uninstall' action with timeout of ${durationText(timeoutMs)}`);
  try {
    await uninstallRelease(context, { ...uninstallOptions(spec.uninstall), release, timeoutMs, keepHistory: false });
  } catch (error) {
    if (context.signal?.aborted) throw error;
    const message = `${what} failed: ${errorMessage(error)}; before: ${failure}`;
    note(job, 'Remediated', 'False', 'UninstallFailed', message);
    throw new ReasonedError('UninstallFailed', message, { cause: error });
  }
  pass.status.history = [];
  delete pass.status.inventory;
  tellWithFailure(job, 'Removed what was made of it');
  note(job, 'Remediated', 'True', 'UninstallSucceeded', `${what} succeeded; before: ${failure}`);
}

const propagations = { background: 'Background', foreground: 'Foreground', orphan: 'Orphan' } as const;

/** Of every uninstall: volumes stay where they are, whatever becomes of the release. */
export function uninstallOptions(spec: UninstallSpec = {}) {
  const { disableWait, disableHooks, deletionPropagation = 'background' } = spec;
  return {
    wait: disableWait !== true,
    noHooks: disableHooks === true,
    cascade: propagations[deletionPropagation],
    keepVolumes: true,
    ignoreNotFound: true,
  } as const;
}
