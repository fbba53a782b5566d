import { StalledError, WaitingError } from '@croft/controller/outcome';
import type { ReleaseRecord } from '@croft/helm/release/record';
import { readHistory } from '@croft/release/record-store';
import { durationMs, durationText } from '../duration.ts';
import { createHealthRule } from '../health/health-rule.ts';
import { deploy } from './deploy.ts';
import { type NextAction, nextAction, retriesOnly } from './next-action.ts';
import { reconcileDrift } from './reconcile-drift.ts';
import {
  chartText,
  dropCondition,
  failureMetadata,
  findSummary,
  type ReleaseJob,
  releaseText,
  resetFailures,
  setCondition,
} from './release-job.ts';
import { activeRemediation, ignoresTests } from './release-state.ts';
import { remediateByUninstall, rollBack } from './remediate.ts';
import { takeRequests } from './requests.ts';
import { runTests } from './run-tests.ts';
import { truncateHistory } from './snapshots.ts';
import type { HelmReleaseSpec } from './types.ts';
import { unlock } from './unlock.ts';

/** More actions than any plan needs: the end of a circle that should not be. */
const mostActions = 50;
const defaultRetryMs = 5 * 60_000;
const defaultIntervalMs = 5 * 60_000;

/**
 * Takes action after action until the release is as wanted. Throws StalledError when all tries failed, ReasonedError and
 * WaitingError when it is to be tried again, and whatever the context's signal ends.
 */
export async function reconcileRelease(job: ReleaseJob): Promise<void> {
  const { context, pass, spec, wanted } = job;
  createHealthRule(spec.healthCheckExprs); // what is no CEL is told of before anything is done
  let { force, reset } = takeRequests(pass);
  if (reset || hasOtherContent(job)) resetFailures(pass);
  noteAttempt(job);
  for (let count = 0; count < mostActions; count++) {
    context.signal?.throwIfAborted();
    const records = await readHistory(context.client, job.release);
    const generation = pass.object.metadata.generation ?? 1;
    const next = nextAction({ records, spec, status: pass.status, generation, wanted }, force);
    if (next.action === 'none') return await finish(job, records.at(-1));
    if (next.action === 'give-up') throw stalled(job, next.reason, next.message);
    if (next.action !== 'unlock') force = false;
    await act(job, next, records);
    retryLater(job);
  }
  throw new Error(`the release ${job.release.name} did not settle after ${mostActions} actions`);
}

/** Failures of other content say nothing of this one. */
function hasOtherContent({ pass: { status, object }, wanted }: ReleaseJob): boolean {
  return (
    status.lastAttemptedGeneration !== object.metadata.generation ||
    status.lastAttemptedRevision !== wanted.chartVersion ||
    status.lastAttemptedRevisionDigest !== wanted.chartDigest ||
    status.lastAttemptedConfigDigest !== wanted.configDigest
  );
}

function noteAttempt({ pass: { status, object }, wanted }: ReleaseJob): void {
  status.lastAttemptedGeneration = object.metadata.generation ?? 1;
  status.lastAttemptedRevision = wanted.chartVersion;
  status.lastAttemptedRevisionDigest = wanted.chartDigest;
  status.lastAttemptedConfigDigest = wanted.configDigest;
}

async function act(job: ReleaseJob, next: NextAction, records: readonly ReleaseRecord[]): Promise<void> {
  switch (next.action) {
    case 'install':
    case 'upgrade':
      return await deploy(job, next.action);
    case 'adopt':
      job.pass.status.history = [];
      return await deploy(job, 'upgrade');
    case 'test':
      return await runTests(job);
    case 'rollback':
      return await rollBack(job, next.toRevision);
    case 'uninstall':
      return await remediateByUninstall(job);
    case 'unlock':
      return await unlock(job, records);
    default:
      throw new Error(`no action ${next.action}`);
  }
}

/** With the strategy RetryOnFailure a failure is left as it is and tried again after a time. */
function retryLater({ pass, spec }: ReleaseJob): void {
  const retry = retriesOnly(spec, pass.status);
  const failure = findSummary(pass);
  if (retry === undefined || failure?.status !== 'False' || failure.reason === 'PendingRelease') return;
  const afterMs = durationMs(retry.retryInterval, defaultRetryMs);
  const message = `${failure.message} (retrying after ${durationText(afterMs)})`;
  throw new WaitingError(failure.reason ?? 'UpgradeFailed', message, afterMs);
}

/** The release is as wanted: looks for drift and says what Ready is. */
async function finish(job: ReleaseJob, newest: ReleaseRecord | undefined): Promise<void> {
  const { pass, spec } = job;
  const { status } = pass;
  truncateHistory(status, ignoresTests(spec, activeRemediation(spec, status)));
  if (!spec.test?.enable) dropCondition(pass, 'TestSuccess');
  settleConditions(job);
  if (newest !== undefined) await reconcileDrift(job, newest);
  const summary = findSummary(pass);
  if (summary?.status === 'False')
    throw new WaitingError(summary.reason ?? 'Failed', summary.message ?? '', intervalMsOf(spec));
  pass.requeueAfterMs = intervalMsOf(spec);
  pass.ready = { reason: summary?.reason ?? 'InstallSucceeded', message: summary?.message ?? '' };
}

/** What a rollback or an unlocking has left is as wanted after all. */
function settleConditions(job: ReleaseJob): void {
  const { pass } = job;
  const [current] = pass.status.history ?? [];
  const find = (type: string) => pass.status.conditions?.find((condition) => condition.type === type);
  const released = find('Released');
  if (current === undefined || (find('Remediated')?.status !== 'True' && released?.status === 'True')) return;
  const action = released?.reason === 'InstallFailed' ? 'install' : 'upgrade';
  dropCondition(pass, 'Remediated');
  setCondition(job, {
    type: 'Released',
    status: 'True',
    reason: action === 'install' ? 'InstallSucceeded' : 'UpgradeSucceeded',
    message: `Helm ${action} succeeded for release ${releaseText(current)} with chart ${chartText(current)}`,
  });
}

/** The failure stands in Ready, that nothing more is tried in Stalled. */
function stalled(job: ReleaseJob, reason: string, message: string): StalledError {
  const { pass } = job;
  const failure = findSummary(pass);
  pass.failureMetadata = failureMetadata(job);
  const why = failure?.message === undefined ? '' : `: ${failure.message}`;
  return new StalledError(reason, `${message}${why}`);
}

function intervalMsOf({ interval }: HelmReleaseSpec): number {
  return durationMs(interval, defaultIntervalMs);
}
