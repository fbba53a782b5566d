import type { Stored } from '@croft/api/object';
import { withCondition } from '@croft/controller/conditions';
import type { ControllerContext } from '@croft/controller/controller';
import { StalledError } from '@croft/controller/outcome';
import type { Pass } from '@croft/controller/reconcile-steps';
import { sha256Digest } from '@croft/foundation/digest';
import { errorMessage } from '@croft/foundation/errors';
import type { JsonObject } from '@croft/foundation/json';
import type { ReleaseRecord } from '@croft/helm/release/record';
import { recordChart } from '@croft/helm/release/record-chart';
import { type DeployOptions, installRelease, rollbackRelease, upgradeRelease } from '@croft/release/deploy';
import { type ReleaseName, readHistory, updateRecord } from '@croft/release/record-store';
import { ReleaseError, withStatus } from '@croft/release/release-context';
import { renderRelease } from '@croft/release/render';
import { testRelease } from '@croft/release/test-release';
import { uninstallRelease } from '@croft/release/uninstall';
import { durationMs } from '../duration.ts';
import type { HelmRelease, HelmReleaseSpec } from '../types.ts';
import type { OpenChart } from './chart-source.ts';
import { type NextAction, nextAction, type Wanted } from './next-action.ts';
import { addSnapshot, noteTests } from './snapshots.ts';

const defaultTimeoutMs = 5 * 60_000;
/** More actions than any plan needs: the end of a circle that should not be. */
const mostActions = 50;

type ReleasePass = Pass<HelmRelease>;

interface Job {
  context: ControllerContext;
  pass: ReleasePass;
  spec: HelmReleaseSpec;
  release: ReleaseName;
  chart: OpenChart;
  values: JsonObject;
  wanted: Wanted;
}

/** The name and namespace of the release that a HelmRelease stands for. */
export function releaseNameOf({ metadata, spec }: Stored<HelmRelease>): ReleaseName {
  const prefix = spec?.targetNamespace === undefined ? '' : `${spec.targetNamespace}-`;
  const name = spec?.releaseName ?? `${prefix}${metadata.name}`;
  return { name: name.slice(0, 53), namespace: spec?.targetNamespace ?? metadata.namespace ?? 'default' };
}

/** Takes action after action until the release is as wanted. Throws StalledError when all tries failed. */
export async function reconcileRelease(
  context: ControllerContext,
  pass: ReleasePass,
  spec: HelmReleaseSpec,
  chart: OpenChart,
  values: JsonObject,
): Promise<void> {
  const wanted = {
    chartVersion: chart.chart.metadata.version,
    configDigest: sha256Digest(JSON.stringify([chart.digest, values])),
  };
  const job: Job = { context, pass, spec, release: releaseNameOf(pass.object), chart, values, wanted };
  if (pass.status.lastAttemptedConfigDigest !== wanted.configDigest) resetFailures(pass);
  for (let i = 0; i < mostActions; i++) {
    const history = await readHistory(context.client, job.release);
    const next = nextAction({ history, spec, status: pass.status, wanted });
    if (next.action === 'none') return describeReady(pass, history);
    if (next.action === 'give-up') throw new StalledError('RetriesExceeded', withReason(pass, next.message));
    await act(job, next, history);
  }
  throw new Error(`the release ${job.release.name} did not settle after ${mostActions} actions`);
}

function resetFailures({ status }: ReleasePass): void {
  for (const field of ['failures', 'installFailures', 'upgradeFailures'] as const) delete status[field];
}

async function act(job: Job, next: NextAction, history: readonly ReleaseRecord[]): Promise<void> {
  switch (next.action) {
    case 'install':
    case 'upgrade':
      return await deploy(job, next.action);
    case 'test':
      return await test(job, history);
    case 'rollback':
      return await rollBack(job);
    case 'uninstall':
      return await uninstall(job);
    case 'unlock':
      return await unlock(job, history);
    default:
      throw new Error(`no action ${next.action}`);
  }
}

async function deploy(job: Job, action: 'install' | 'upgrade'): Promise<void> {
  const { context, pass, release, wanted, chart } = job;
  const { status } = pass;
  status.lastAttemptedReleaseAction = action;
  status.lastAttemptedConfigDigest = wanted.configDigest;
  status.lastAttemptedRevision = chart.chart.metadata.version;
  status.lastAttemptedGeneration = pass.object.metadata.generation ?? 1;
  await pass.progress(`Running '${action}' action with timeout of ${timeoutOf(job, action) / 1000}s`);
  try {
    const run = action === 'install' ? installRelease : upgradeRelease;
    const record = await run(context, deployOptions(job, action));
    addSnapshot(status, record, wanted.configDigest);
    succeed(
      job,
      action === 'install' ? 'InstallSucceeded' : 'UpgradeSucceeded',
      `Helm ${action} succeeded for release ${describe(release, record)}`,
    );
  } catch (error) {
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
  { context, pass, spec, release, chart, values }: Job,
  action: 'install' | 'upgrade',
): DeployOptions {
  const options = spec[action];
  return {
    release,
    chart: recordChart(chart.chart),
    config: values,
    maxHistory: spec.maxHistory ?? 5,
    crds: (options?.crds as DeployOptions['crds']) ?? (action === 'install' ? 'Create' : 'Skip'),
    timeoutMs: durationMs(options?.timeout ?? spec.timeout, defaultTimeoutMs),
    wait: options?.disableWait !== true,
    onProgress: (message) => void pass.progress(message).catch(() => {}), // the next one comes, or the outcome does
    render: (revision, isUpgrade) =>
      renderRelease(context.client, {
        chart: chart.chart,
        values,
        release: { ...release, revision, isUpgrade, isInstall: !isUpgrade },
      }),
  };
}

async function test(job: Job, history: readonly ReleaseRecord[]): Promise<void> {
  const { context, pass, spec, release } = job;
  const newest = history.at(-1);
  if (newest === undefined) return;
  const timeoutMs = durationMs(spec.test?.timeout ?? spec.timeout, defaultTimeoutMs);
  await pass.progress(`Running 'test' action with timeout of ${timeoutMs / 1000}s`);
  try {
    noteTests(pass.status, await testRelease(context, { release, timeoutMs, wait: true }));
    const message = `Helm test succeeded for release ${describe(release, newest)}`;
    note(job, 'TestSuccess', 'True', 'TestSucceeded', message);
  } catch (error) {
    if (error instanceof ReleaseError) noteTests(pass.status, error.record);
    const message = `Helm test failed for release ${describe(release, newest)}: ${errorMessage(error)}`;
    note(job, 'TestSuccess', 'False', 'TestFailed', message);
    if (spec.test?.ignoreFailures) return;
    const record = error instanceof ReleaseError ? error.record : newest;
    await updateRecord(context.client, context.clock, withStatus(record, 'failed', errorMessage(error)));
    fail(job, pass.status.lastAttemptedReleaseAction ?? 'upgrade', message);
  }
}

async function rollBack(job: Job): Promise<void> {
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
    note(job, 'Remediated', 'False', 'RollbackFailed', `Helm rollback failed: ${errorMessage(error)}`);
    throw new StalledError(
      'RollbackFailed',
      `Helm rollback failed: ${errorMessage(error)}; the upgrade failed before: ${failure}`,
    );
  }
}

async function uninstall(job: Job): Promise<void> {
  const { context, pass, spec, release } = job;
  await pass.progress(`Running 'uninstall' action`);
  const timeoutMs = durationMs(spec.uninstall?.timeout ?? spec.timeout, defaultTimeoutMs);
  await uninstallRelease(context, { release, timeoutMs, wait: true, keepHistory: false, keepVolumes: true });
  note(
    job,
    'Remediated',
    'True',
    'UninstallSucceeded',
    `Helm uninstall remediation for release ${release.namespace}/${release.name} succeeded`,
  );
}

/** A record that says an action is under way, while none is: its process died. */
async function unlock({ context, pass }: Job, history: readonly ReleaseRecord[]): Promise<void> {
  const newest = history.at(-1);
  if (newest === undefined) return;
  const description = `the process that worked on it ended in the middle (${newest.info.status})`;
  await updateRecord(context.client, context.clock, withStatus(newest, 'failed', description));
  pass.events.push({
    type: 'Warning',
    reason: 'PendingRelease',
    message: `unlocked release ${newest.name}.v${newest.version}: ${description}`,
  });
}

function succeed(job: Job, reason: string, message: string): void {
  resetFailures(job.pass);
  note(job, 'Released', 'True', reason, message);
  job.pass.status.conditions = (job.pass.status.conditions ?? []).filter(
    ({ type }) => type !== 'Remediated' && type !== 'TestSuccess',
  );
}

function fail(job: Job, action: 'install' | 'upgrade', message: string): void {
  const { status } = job.pass;
  const counter = action === 'install' ? 'installFailures' : 'upgradeFailures';
  status[counter] = (status[counter] ?? 0) + 1;
  status.failures = (status.failures ?? 0) + 1;
  note(job, 'Released', 'False', action === 'install' ? 'InstallFailed' : 'UpgradeFailed', message);
}

function note({ context, pass }: Job, type: string, status: 'True' | 'False', reason: string, message: string): void {
  const observedGeneration = pass.object.metadata.generation ?? 1;
  pass.status.conditions = withCondition(
    pass.status.conditions,
    { type, status, reason, message, observedGeneration },
    context.clock.now(),
  );
  pass.events.push({ type: status === 'True' ? 'Normal' : 'Warning', reason, message });
}

/** What the Released condition says went wrong. */
function withReason({ status }: ReleasePass, message: string): string {
  const reason = status.conditions?.find(({ type, status: is }) => type === 'Released' && is === 'False')?.message;
  return [message, reason].filter((part) => part !== undefined && part !== '').join(': ');
}

function describeReady({ status, ready }: ReleasePass, history: readonly ReleaseRecord[]): void {
  const condition =
    status.conditions?.find(({ type }) => type === 'TestSuccess') ??
    status.conditions?.find(({ type }) => type === 'Released');
  const newest = history.at(-1);
  ready.reason = condition?.reason ?? 'InstallSucceeded';
  ready.message = condition?.message ?? newest?.info.description ?? '';
}

function timeoutOf({ spec }: Job, action: 'install' | 'upgrade'): number {
  return durationMs(spec[action]?.timeout ?? spec.timeout, defaultTimeoutMs);
}

function chartName({ chart }: OpenChart): string {
  return `${chart.metadata.name}@${chart.metadata.version}`;
}

function describe({ name, namespace }: ReleaseName, { version, chart }: ReleaseRecord): string {
  return `${namespace}/${name}.v${version} with chart ${chart.metadata.name}@${chart.metadata.version}`;
}
