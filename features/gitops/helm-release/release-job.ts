import type { Stored } from '@croft/api/object';
import { type Condition, withCondition, withoutCondition } from '@croft/controller/conditions';
import type { Pass } from '@croft/controller/reconcile-steps';
import { sha256Hex } from '@croft/foundation/digest';
import type { Values } from '@croft/helm/values/copy';
import type { ReleaseName } from '@croft/release/record-store';
import type { ReleaseContext } from '@croft/release/release-context';
import type { OpenChart } from './chart-source.ts';
import type { Wanted } from './release-state.ts';
import type { HelmRelease, HelmReleaseSpec, ReleaseSnapshot } from './types.ts';

export type ReleasePass = Pass<HelmRelease>;

/** What a release is to hold. */
export interface ReleaseContent {
  chart: OpenChart;
  values: Values;
}

/** One HelmRelease being reconciled: what its actions work with. */
export interface ReleaseJob extends ReleaseContent {
  /** Of the cluster that the release is on; its signal ends all waits. */
  context: ReleaseContext;
  pass: ReleasePass;
  spec: HelmReleaseSpec;
  release: ReleaseName;
  wanted: Wanted;
}

export function resetFailures({ status }: ReleasePass): void {
  for (const field of ['failures', 'installFailures', 'upgradeFailures'] as const) delete status[field];
}

/** Counts a failure of an action, so that its retries end. */
export function countFailure({ status }: ReleasePass, action: 'install' | 'upgrade'): void {
  const counter = action === 'install' ? 'installFailures' : 'upgradeFailures';
  status[counter] = (status[counter] ?? 0) + 1;
  status.failures = (status.failures ?? 0) + 1;
}

interface JobCondition {
  type: 'Released' | 'TestSuccess' | 'Remediated' | 'Drifted';
  status: 'True' | 'False';
  reason: string;
  message: string;
}

export function setCondition({ context, pass }: Pick<ReleaseJob, 'context' | 'pass'>, condition: JobCondition): void {
  const observedGeneration = pass.object.metadata.generation ?? 1;
  pass.status.conditions = withCondition(
    pass.status.conditions,
    { ...condition, observedGeneration },
    context.clock.now(),
  );
}

/** Shows what goes on. The last failure stays in sight until a try succeeds. */
export async function showProgress({ pass }: Pick<ReleaseJob, 'pass'>, message: string): Promise<void> {
  const failure = findFailure(pass);
  const shown = failure === undefined ? message : `${message}; before: ${failure.message}`;
  await pass.progress(message, { status: 'Unknown', message: shown });
}

/** What the last try failed with, until one succeeds; a release that was unlocked alone has not failed. */
export function findFailure({ status }: ReleasePass): Condition | undefined {
  const failed = (type: string) =>
    status.conditions?.find((condition) => condition.type === type && condition.status === 'False');
  const released = failed('Released');
  return failed('TestSuccess') ?? (released?.reason === 'PendingRelease' ? undefined : released);
}

/**
 * Names the failure of what is wanted now, the same for all tries of it: so that who is notified hears of it once.
 * `what` tells apart what failed.
 */
export function failureMetadata(
  { pass: { status, object }, wanted }: Pick<ReleaseJob, 'pass' | 'wanted'>,
  what = 'release',
): { failure: string } {
  const since = status.conditions?.find(({ type }) => type === 'Released')?.lastTransitionTime;
  const content = [since, object.metadata.generation, wanted.chartDigest, wanted.configDigest];
  return { failure: `${what}-${sha256Hex(JSON.stringify(content)).slice(0, 16)}` };
}

/** Sets a condition and tells of it as an event. */
export function note(
  job: Pick<ReleaseJob, 'context' | 'pass' | 'wanted'>,
  type: JobCondition['type'],
  status: JobCondition['status'],
  reason: string,
  message: string,
): void {
  setCondition(job, { type, status, reason, message });
  const isBad = status === (type === 'Drifted' ? 'True' : 'False');
  const isFailure = isBad && type !== 'Drifted';
  const metadata = isFailure ? failureMetadata(job, type === 'Remediated' ? 'remediation' : 'release') : undefined;
  if (isFailure) job.pass.failureMetadata = metadata;
  job.pass.events.push({
    type: isBad ? 'Warning' : 'Normal',
    reason,
    message,
    ...(metadata === undefined ? {} : { metadata }),
  });
}

export function dropCondition({ status }: ReleasePass, ...types: string[]): void {
  for (const type of types) status.conditions = withoutCondition(status.conditions, type);
}

/** The condition that Ready is taken from: of the newest generation, a remediation before tests before the release itself. */
export function findSummary({ status, object }: ReleasePass): Condition | undefined {
  const test = object.spec?.test;
  const types = ['Remediated', ...(test?.enable && !test.ignoreFailures ? ['TestSuccess'] : []), 'Released'];
  const found = (status.conditions ?? []).filter(({ type }) => types.includes(type));
  return found.sort(
    (a, b) =>
      (b.observedGeneration ?? 0) - (a.observedGeneration ?? 0) || types.indexOf(a.type) - types.indexOf(b.type),
  )[0];
}

/** `apps/web.v3`. */
export function releaseText({
  namespace,
  name,
  version,
}: Pick<ReleaseSnapshot, 'namespace' | 'name' | 'version'>): string {
  return `${namespace}/${name}.v${version}`;
}

/** `web@1.2.3`. */
export function chartText({ chartName, chartVersion }: Pick<ReleaseSnapshot, 'chartName' | 'chartVersion'>): string {
  return `${chartName}@${chartVersion}`;
}

const longestName = 53;
const hashLength = 12;

/** The name of the release that a HelmRelease stands for, and the namespace of its objects. As helm-controller has it. */
export function releaseNameOf({ metadata, spec }: Stored<HelmRelease>): ReleaseName {
  const prefix = spec?.targetNamespace === undefined ? '' : `${spec.targetNamespace}-`;
  return {
    name: shortenName(spec?.releaseName ?? `${prefix}${metadata.name}`),
    namespace: spec?.targetNamespace ?? metadata.namespace ?? 'default',
  };
}

/** Where the release's records are. */
export function storageNamespaceOf({ metadata, spec }: Stored<HelmRelease>): string {
  return spec?.storageNamespace ?? metadata.namespace ?? 'default';
}

/** Helm allows 53 letters: a longer name is cut off and gets a part of its SHA-256. */
function shortenName(name: string): string {
  if (name.length <= longestName) return name;
  return `${name.slice(0, longestName - hashLength - 1)}-${sha256Hex(name).slice(0, hashLength)}`;
}
