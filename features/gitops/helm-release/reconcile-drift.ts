import { ReasonedError } from '@croft/controller/outcome';
import { errorMessage } from '@croft/foundation/errors';
import type { ReleaseRecord } from '@croft/helm/release/record';
import { correctDrift, findDrift } from './drift.ts';
import { dropCondition, note, type ReleaseJob, releaseText, setCondition } from './release-job.ts';

const noDrift = {
  type: 'Drifted',
  status: 'False',
  reason: 'NoDriftDetected',
  message: 'No drift detected against the cluster state',
} as const;

/** Looks whether the cluster is still as the release has it, tells of it, and puts it right where the spec asks for that. */
export async function reconcileDrift(job: ReleaseJob, record: ReleaseRecord): Promise<void> {
  const { context, pass, spec } = job;
  const { mode = 'disabled' } = spec.driftDetection ?? {};
  if (mode === 'disabled') return dropCondition(pass, 'Drifted');
  const drifts = await findDrift(context, record, spec.driftDetection ?? {});
  if (drifts.length === 0) {
    setCondition(job, noDrift);
    return;
  }
  const lines = drifts.map(({ name, summary }) => `${name} ${summary}`);
  const what = `Cluster state of release ${releaseText(record)} has drifted from the desired state:\n${lines.join('\n')}`;
  note(job, 'Drifted', 'True', 'DriftDetected', what);
  if (mode === 'warn') return;
  try {
    const changes = await correctDrift(context, drifts);
    const message = `Cluster state of release ${releaseText(record)} has been corrected:\n${changes.join('\n')}`;
    pass.events.push({ type: 'Normal', reason: 'DriftCorrected', message });
    setCondition(job, noDrift);
  } catch (error) {
    const message = `Failed to correct cluster state of release ${releaseText(record)}: ${errorMessage(error)}`;
    throw new ReasonedError('DriftCorrectionFailed', message, { cause: error });
  }
}
