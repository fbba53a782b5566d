import type { ReleaseRecord } from '@croft/helm/release/record';
import { updateRecord } from '@croft/release/record-store';
import { withStatus } from '@croft/release/release-context';
import { type ReleaseJob, releaseText, setCondition } from './release-job.ts';
import { addSnapshot } from './snapshots.ts';

/** A record that says an action is under way, while none is: its process died. It becomes one of a failed try. */
export async function unlock(job: ReleaseJob, records: readonly ReleaseRecord[]): Promise<void> {
  const { context, pass } = job;
  const newest = records.at(-1);
  if (newest === undefined) return;
  const { status } = newest.info;
  const unlocked = withStatus(newest, 'failed', `Release unlocked from stale '${status}' state`);
  await updateRecord(context, unlocked);
  const action = newest.info.status === 'pending-install' ? 'install' : 'upgrade';
  addSnapshot(pass.status, unlocked, { action }, records);
  const { name, version } = newest.chart.metadata;
  const what = `${releaseText(newest)} with chart ${name}@${version}`;
  const said = { reason: 'PendingRelease', message: `Unlocked Helm release ${what} in ${status} state` };
  setCondition(job, { type: 'Released', status: 'False', ...said });
  pass.events.push({ type: 'Normal', ...said }); // no failure: what was begun is done again
}
