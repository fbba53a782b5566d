import type { ControllerContext } from '@croft/controller/controller';
import { StalledError } from '@croft/controller/outcome';
import type { ReleaseRecord } from '@croft/helm/release/record';
import { readHistory } from '@croft/release/record-store';
import { type NextAction, nextAction } from './next-action.ts';
import { deploy, rollBack, test, uninstall, unlock } from './release-actions.ts';
import {
  type ReleaseContent,
  type ReleaseJob,
  type ReleasePass,
  releaseNameOf,
  resetFailures,
  withReason,
} from './release-job.ts';
import type { HelmReleaseSpec } from './types.ts';

/** More actions than any plan needs: the end of a circle that should not be. */
const mostActions = 50;

/**
 * Takes action after action until the release is as wanted. Throws StalledError when all tries failed, and whatever the
 * context's signal ends.
 */
export async function reconcileRelease(
  context: ControllerContext,
  pass: ReleasePass,
  spec: HelmReleaseSpec,
  { chart, values, digest }: ReleaseContent,
): Promise<void> {
  const wanted = { chartVersion: chart.chart.metadata.version, configDigest: digest };
  const job: ReleaseJob = { context, pass, spec, release: releaseNameOf(pass.object), chart, values, wanted };
  if (pass.status.lastAttemptedConfigDigest !== wanted.configDigest) resetFailures(pass);
  for (let i = 0; i < mostActions; i++) {
    context.signal?.throwIfAborted();
    const history = await readHistory(context.client, job.release);
    const next = nextAction({ history, spec, status: pass.status, wanted });
    if (next.action === 'none') return describeReady(pass, history);
    if (next.action === 'give-up') throw new StalledError('RetriesExceeded', withReason(pass, next.message));
    await act(job, next, history);
  }
  throw new Error(`the release ${job.release.name} did not settle after ${mostActions} actions`);
}

async function act(job: ReleaseJob, next: NextAction, history: readonly ReleaseRecord[]): Promise<void> {
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

function describeReady({ status, ready }: ReleasePass, history: readonly ReleaseRecord[]): void {
  const condition =
    status.conditions?.find(({ type }) => type === 'TestSuccess') ??
    status.conditions?.find(({ type }) => type === 'Released');
  const newest = history.at(-1);
  ready.reason = condition?.reason ?? 'InstallSucceeded';
  ready.message = condition?.message ?? newest?.info.description ?? '';
}
