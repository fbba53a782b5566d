import { ReasonedError } from '@croft/controller/outcome';
import { errorMessage } from '@croft/foundation/errors';
import type { DeployOptions } from '@croft/release/deploy-options';
import { installRelease } from '@croft/release/install';
import { readHistory } from '@croft/release/record-store';
import { ReleaseError } from '@croft/release/release-context';
import { upgradeRelease } from '@croft/release/upgrade';
import { durationMs, durationText } from '../duration.ts';
import { createHealthRule } from '../health/health-rule.ts';
import { noteInventory } from './inventory.ts';
import { createPostRender } from './post-render.ts';
import {
  chartText,
  countFailure,
  dropCondition,
  note,
  type ReleaseJob,
  releaseText,
  resetFailures,
  showProgress,
} from './release-job.ts';
import { specDigest } from './release-state.ts';
import { addSnapshot } from './snapshots.ts';
import type { HelmReleaseSpec, UpgradeSpec } from './types.ts';

type Action = 'install' | 'upgrade';

/**
 * Installs or upgrades, and notes how it went. A failure after the release was recorded is noted alone, for it has a
 * remediation; one before is thrown as ReasonedError and tried again.
 */
export async function deploy(job: ReleaseJob, action: Action): Promise<void> {
  const { context, pass, wanted } = job;
  const { status } = pass;
  const begun = context.clock.now();
  status.lastAttemptedReleaseAction = action;
  pass.tell(); // a try may last: what the one before came to is told first
  await showProgress(job, `Running '${action}' action with timeout of ${durationText(timeoutMsOf(job.spec, action))}`);
  const keep = async (record: ReleaseError['record']) => {
    status.observedPostRenderersDigest = specDigest(job.spec.postRenderers);
    status.observedCommonMetadataDigest = specDigest(job.spec.commonMetadata);
    status.lastAttemptedReleaseActionDuration = durationText(context.clock.now() - begun);
    const records = await readHistory(context.client, job.release);
    addSnapshot(status, record, { action, chartDigest: wanted.chartDigest }, records);
    await noteInventory(job, record, job.chart.chart);
  };
  try {
    await keep(await run(job, action));
  } catch (error) {
    if (context.signal?.aborted) throw error; // superseded, not failed
    if (error instanceof ReleaseError) await keep(error.record);
    dropCondition(pass, 'TestSuccess', 'Remediated');
    return fail(job, action, error);
  }
  dropCondition(pass, 'TestSuccess', 'Remediated');
  resetFailures(pass);
  const [made] = status.history ?? [];
  if (made === undefined) return;
  const message = `Helm ${action} succeeded for release ${releaseText(made)} with chart ${chartText(made)}`;
  note(job, 'Released', 'True', action === 'install' ? 'InstallSucceeded' : 'UpgradeSucceeded', message);
}

function fail(job: ReleaseJob, action: Action, error: unknown): void {
  const { pass, release, wanted } = job;
  const reason = action === 'install' ? 'InstallFailed' : 'UpgradeFailed';
  const what = `release ${release.namespace}/${release.name} with chart ${chartText(wanted)}`;
  const message = `Helm ${action} failed for ${what}: ${errorMessage(error)}`;
  note(job, 'Released', 'False', reason, message);
  if (!(error instanceof ReleaseError)) throw new ReasonedError(reason, message, { cause: error });
  countFailure(pass, action);
}

async function run(job: ReleaseJob, action: Action): Promise<ReleaseError['record']> {
  const { context, spec } = job;
  if (action === 'install') {
    const { createNamespace = false, skipCRDs = false, serverSideApply } = spec.install ?? {};
    return await installRelease(context, {
      ...deployOptions(job, action),
      replace: true,
      createNamespace,
      crds: skipCRDs ? 'Skip' : (spec.install?.crds ?? 'Create'),
      ...(serverSideApply === undefined ? {} : { serverSide: serverSideApply }),
    });
  }
  const { preserveValues, cleanupOnFail = false, force = false, serverSideApply }: UpgradeSpec = spec.upgrade ?? {};
  return await upgradeRelease(context, {
    ...deployOptions(job, action),
    reuse: preserveValues ? 'with-old-defaults' : 'none',
    cleanupOnFail,
    force,
    crds: spec.upgrade?.crds ?? 'Skip',
    ...serverSideOf(serverSideApply),
  });
}

/** `auto`: as the last revision was written. */
export function serverSideOf(mode: UpgradeSpec['serverSideApply']): { serverSide?: boolean } {
  return mode === undefined || mode === 'auto' ? {} : { serverSide: mode === 'enabled' };
}

function deployOptions(job: ReleaseJob, action: Action): DeployOptions {
  const { pass, spec, release, chart, values } = job;
  const options = spec[action] ?? {};
  return {
    release,
    chart: chart.chart,
    values,
    maxHistory: spec.maxHistory ?? 5,
    timeoutMs: timeoutMsOf(spec, action),
    wait: options.disableWait !== true,
    waitForJobs: options.disableWaitForJobs !== true,
    noHooks: options.disableHooks === true,
    takeOwnership: options.disableTakeOwnership !== true,
    skipSchemaValidation: options.disableSchemaValidation === true,
    postRender: createPostRender(pass.object),
    ...readinessOf(spec),
    onProgress: (message) => void showProgress(job, message).catch(() => {}), // the next one comes, or the outcome does
  };
}

/** How the spec's expressions tell of kinds of their own. */
export function readinessOf({ healthCheckExprs }: HelmReleaseSpec) {
  return healthCheckExprs === undefined ? {} : { readiness: createHealthRule(healthCheckExprs) };
}

const defaultTimeoutMs = 5 * 60_000;

/** How long an action may wait: its own timeout, that of all, or five minutes. */
export function timeoutMsOf(
  spec: HelmReleaseSpec | undefined,
  action: 'install' | 'upgrade' | 'rollback' | 'uninstall' | 'test',
): number {
  return durationMs(spec?.[action]?.timeout ?? spec?.timeout, defaultTimeoutMs);
}
