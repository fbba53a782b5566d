import { StalledError } from '@croft/controller/outcome';
import { errorMessage } from '@croft/foundation/errors';
import type { ReleaseRecord } from '@croft/helm/release/record';
import type { DeployOptions } from '@croft/release/deploy-options';
import { installRelease } from '@croft/release/install';
import { updateRecord } from '@croft/release/record-store';
import { ReleaseError, withStatus } from '@croft/release/release-context';
import { valuesOf } from '@croft/release/reuse-values';
import { rollbackRelease } from '@croft/release/rollback';
import { testRelease } from '@croft/release/test-release';
import { uninstallRelease } from '@croft/release/uninstall';
import { upgradeRelease } from '@croft/release/upgrade';
import { durationMs } from '../duration.ts';
import type { OpenChart } from './chart-source.ts';
import { describe, fail, note, type ReleaseJob, succeed, withReason } from './release-job.ts';
import { addSnapshot, noteTests } from './snapshots.ts';

const defaultTimeoutMs = 5 * 60_000;

export async function deploy(job: ReleaseJob, action: 'install' | 'upgrade'): Promise<void> {
  const { context, pass, release, wanted, chart } = job;
  const { status } = pass;
  status.lastAttemptedReleaseAction = action;
  status.lastAttemptedConfigDigest = wanted.configDigest;
  status.lastAttemptedRevision = chart.chart.metadata.version;
  status.lastAttemptedGeneration = pass.object.metadata.generation ?? 1;
  await pass.progress(`Running '${action}' action with timeout of ${timeoutOf(job, action) / 1000}s`);
  try {
    const options = deployOptions(job, action);
    const record =
      action === 'install'
        ? await installRelease(context, { ...options, replace: true })
        : await upgradeRelease(context, options);
    addSnapshot(status, record, wanted.configDigest);
    succeed(
      job,
      action === 'install' ? 'InstallSucceeded' : 'UpgradeSucceeded',
      `Helm ${action} succeeded for release ${describe(release, record)}`,
    );
  } catch (error) {
    if (context.signal?.aborted) throw error; // superseded, not failed
    if (error instanceof ReleaseError) addSnapshot(status, error.record, wanted.configDigest);
    fail(
      job,
      action,
      `Helm ${action} failed for release ${release.namespace}/${release.name} with chart ${chartName(chart)}: ${errorMessage(error)}`,
    );
    if (!(error instanceof ReleaseError)) throw error; // nothing was recorded: rendering or the API itself failed
  }
}

function deployOptions(
  { pass, spec, release, chart, values }: ReleaseJob,
  action: 'install' | 'upgrade',
): DeployOptions {
  const options = spec[action];
  return {
    release,
    chart: chart.chart,
    values: valuesOf(values),
    maxHistory: spec.maxHistory ?? 5,
    crds: (options?.crds as DeployOptions['crds']) ?? (action === 'install' ? 'Create' : 'Skip'),
    timeoutMs: durationMs(options?.timeout ?? spec.timeout, defaultTimeoutMs),
    wait: options?.disableWait !== true,
    onProgress: (message) => void pass.progress(message).catch(() => {}), // the next one comes, or the outcome does
  };
}

export async function test(job: ReleaseJob, history: readonly ReleaseRecord[]): Promise<void> {
  const { context, pass, spec, release } = job;
  const newest = history.at(-1);
  if (newest === undefined) return;
  const timeoutMs = durationMs(spec.test?.timeout ?? spec.timeout, defaultTimeoutMs);
  await pass.progress(`Running 'test' action with timeout of ${timeoutMs / 1000}s`);
  try {
    noteTests(pass.status, await testRelease(context, { release, timeoutMs }));
    const message = `Helm test succeeded for release ${describe(release, newest)}`;
    note(job, 'TestSuccess', 'True', 'TestSucceeded', message);
  } catch (error) {
    if (context.signal?.aborted) throw error;
    if (error instanceof ReleaseError) noteTests(pass.status, error.record);
    const message = `Helm test failed for release ${describe(release, newest)}: ${errorMessage(error)}`;
    note(job, 'TestSuccess', 'False', 'TestFailed', message);
    if (spec.test?.ignoreFailures) return;
    const record = error instanceof ReleaseError ? error.record : newest;
    await updateRecord(context, withStatus(record, 'failed', errorMessage(error)));
    fail(job, pass.status.lastAttemptedReleaseAction ?? 'upgrade', message);
  }
}

export async function rollBack(job: ReleaseJob): Promise<void> {
  const { context, pass, spec, release } = job;
  await pass.progress(`Running 'rollback' action`);
  const failure = withReason(pass, '');
  const options = {
    release,
    maxHistory: spec.maxHistory ?? 5,
    timeoutMs: durationMs(spec.rollback?.timeout ?? spec.timeout, defaultTimeoutMs),
    wait: spec.rollback?.disableWait !== true,
  };
  try {
    const record = await rollbackRelease(context, options);
    const [, before] = pass.status.history ?? [];
    addSnapshot(pass.status, record, before?.configDigest ?? '');
    note(
      job,
      'Remediated',
      'True',
      'RollbackSucceeded',
      `Helm rollback to previous release ${describe(release, record)} succeeded; the upgrade failed: ${failure}`,
    );
  } catch (error) {
    if (context.signal?.aborted) throw error;
    note(job, 'Remediated', 'False', 'RollbackFailed', `Helm rollback failed: ${errorMessage(error)}`);
    throw new StalledError(
      'RollbackFailed',
      `Helm rollback failed: ${errorMessage(error)}; the upgrade failed before: ${failure}`,
    );
  }
}

export async function uninstall(job: ReleaseJob): Promise<void> {
  const { context, pass, spec, release } = job;
  await pass.progress(`Running 'uninstall' action`);
  const timeoutMs = durationMs(spec.uninstall?.timeout ?? spec.timeout, defaultTimeoutMs);
  await uninstallRelease(context, { release, timeoutMs, wait: true, keepVolumes: true, ignoreNotFound: true });
  note(
    job,
    'Remediated',
    'True',
    'UninstallSucceeded',
    `Helm uninstall remediation for release ${release.namespace}/${release.name} succeeded`,
  );
}

/** A record that says an action is under way, while none is: its process died. */
export async function unlock({ context, pass }: ReleaseJob, history: readonly ReleaseRecord[]): Promise<void> {
  const newest = history.at(-1);
  if (newest === undefined) return;
  const description = `the process that worked on it ended in the middle (${newest.info.status})`;
  await updateRecord(context, withStatus(newest, 'failed', description));
  pass.events.push({
    type: 'Warning',
    reason: 'PendingRelease',
    message: `unlocked release ${newest.name}.v${newest.version}: ${description}`,
  });
}

function timeoutOf({ spec }: ReleaseJob, action: 'install' | 'upgrade'): number {
  return durationMs(spec[action]?.timeout ?? spec.timeout, defaultTimeoutMs);
}

function chartName({ chart }: OpenChart): string {
  return `${chart.metadata.name}@${chart.metadata.version}`;
}
