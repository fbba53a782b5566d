import type { Stored } from '@croft/api/object';
import { withCondition } from '@croft/controller/conditions';
import type { ControllerContext } from '@croft/controller/controller';
import type { Pass } from '@croft/controller/reconcile-steps';
import type { JsonObject } from '@croft/foundation/json';
import type { ReleaseRecord } from '@croft/helm/release/record';
import type { ReleaseName } from '@croft/release/record-store';
import type { OpenChart } from './chart-source.ts';
import type { Wanted } from './next-action.ts';
import type { HelmRelease, HelmReleaseSpec } from './types.ts';

export type ReleasePass = Pass<HelmRelease>;

/** What a release is to hold. */
export interface ReleaseContent {
  chart: OpenChart;
  values: JsonObject;
  /** Of chart and values together. */
  digest: string;
}

/** One HelmRelease being reconciled: what its actions work with. */
export interface ReleaseJob {
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

export function resetFailures({ status }: ReleasePass): void {
  for (const field of ['failures', 'installFailures', 'upgradeFailures'] as const) delete status[field];
}

export function succeed(job: ReleaseJob, reason: string, message: string): void {
  resetFailures(job.pass);
  note(job, 'Released', 'True', reason, message);
  job.pass.status.conditions = (job.pass.status.conditions ?? []).filter(
    ({ type }) => type !== 'Remediated' && type !== 'TestSuccess',
  );
}

export function fail(job: ReleaseJob, action: 'install' | 'upgrade', message: string): void {
  const { status } = job.pass;
  const counter = action === 'install' ? 'installFailures' : 'upgradeFailures';
  status[counter] = (status[counter] ?? 0) + 1;
  status.failures = (status.failures ?? 0) + 1;
  note(job, 'Released', 'False', action === 'install' ? 'InstallFailed' : 'UpgradeFailed', message);
}

export function note(
  { context, pass }: ReleaseJob,
  type: string,
  status: 'True' | 'False',
  reason: string,
  message: string,
): void {
  const observedGeneration = pass.object.metadata.generation ?? 1;
  pass.status.conditions = withCondition(
    pass.status.conditions,
    { type, status, reason, message, observedGeneration },
    context.clock.now(),
  );
  pass.events.push({ type: status === 'True' ? 'Normal' : 'Warning', reason, message });
}

/** What the Released condition says went wrong. */
export function withReason({ status }: ReleasePass, message: string): string {
  const reason = status.conditions?.find(({ type, status: is }) => type === 'Released' && is === 'False')?.message;
  return [message, reason].filter((part) => part !== undefined && part !== '').join(': ');
}

export function describe({ name, namespace }: ReleaseName, { version, chart }: ReleaseRecord): string {
  return `${namespace}/${name}.v${version} with chart ${chart.metadata.name}@${chart.metadata.version}`;
}
