import type { Client } from '@croft/client/client';
import type { ControllerContext } from '@croft/controller/controller';
import type { EventRecorder } from '@croft/controller/events';
import { WaitingError } from '@croft/controller/outcome';
import { canAct, openTarget } from '../remote/target-client.ts';
import { removeChartObject } from './chart-object.ts';
import { targetOf } from './reconcile-chart.ts';
import type { ReleasePass } from './release-job.ts';
import { removeRelease } from './remove-release.ts';

/** Removes the release and its HelmChart before the HelmRelease goes; a suspended one leaves the release. Throws ReasonedError. */
export async function finalizeRelease(
  context: ControllerContext,
  events: EventRecorder,
  pass: ReleasePass,
): Promise<void> {
  await removeChartObject(context, pass.status.helmChart);
  if (pass.object.spec?.suspend) return;
  using client = await openTargetIfAny(context, events, pass);
  if (client === undefined) return;
  await removeRelease({ ...context, client, signal: pass.signal }, pass);
}

/** Undefined, and told of, when nobody can remove the release any more: its HelmRelease goes all the same, as in Flux. */
async function openTargetIfAny(
  context: ControllerContext,
  events: EventRecorder,
  { object }: ReleasePass,
): Promise<(Client & Disposable) | undefined> {
  const target = targetOf(object);
  const tell = (why: string) =>
    events.record(object, 'Warning', 'UninstallFailed', `${why}: the release stays installed`);
  if (!(await canAct(context.client, target))) {
    tell(`the account ${target.serviceAccountName} is gone`);
    return undefined;
  }
  try {
    return await openTarget(context.client, target);
  } catch (error) {
    if (!(error instanceof WaitingError)) throw error;
    tell(error.message);
    return undefined;
  }
}
