import type { ReleaseRecord } from '@croft/helm/release/record';
import { digestOfJson } from './digests.ts';
import { hasBeenTested, hasFailedTest, isSnapshotOf } from './snapshots.ts';
import type { HelmRelease, HelmReleaseSpec, Remediation } from './types.ts';

/** What the release must become. */
export interface Wanted {
  chartName: string;
  chartVersion: string;
  /** Of the chart's content. */
  chartDigest: string;
  /** Of the values. */
  configDigest: string;
}

export interface Known {
  /** Stored, oldest first. */
  records: readonly ReleaseRecord[];
  spec: HelmReleaseSpec;
  status: NonNullable<HelmRelease['status']>;
  generation: number;
  wanted: Wanted;
}

/** How the stored release is to what is wanted: the states of helm-controller. */
export interface ReleaseState {
  state: 'absent' | 'locked' | 'unmanaged' | 'out-of-sync' | 'failed' | 'untested' | 'in-sync';
  /** For logs and people. */
  reason: string;
}

/** Compares the newest stored release with what was noted of it, and with what is wanted. */
export function determineState({ records, spec, status, generation, wanted }: Known): ReleaseState {
  const newest = records.at(-1);
  if (newest === undefined) return { state: 'absent', reason: 'no release in storage for object' };
  const is = newest.info.status;
  if (is.startsWith('pending-') || is === 'uninstalling')
    return { state: 'locked', reason: `release with status '${is}'` };
  if (is === 'uninstalled') return { state: 'absent', reason: 'found uninstalled release in storage' };
  const [noted] = status.history ?? [];
  if (noted === undefined) return { state: 'unmanaged', reason: 'found existing release in storage' };
  // A try that was interrupted, by other content or by the end of its process, is not noted.
  if (is === 'failed' && newest.version > noted.version) return { state: 'failed', reason: newest.info.description };
  if (!isSnapshotOf(noted, newest))
    return { state: 'unmanaged', reason: 'the release in storage is not the one that was last worked on' };
  if (is === 'failed') return { state: 'failed', reason: newest.info.description };
  const change = findChange(newest, { spec, status, generation, wanted });
  if (change !== undefined) return { state: 'out-of-sync', reason: change };
  if (!spec.test?.enable) return { state: 'in-sync', reason: '' };
  if (!hasBeenTested(noted)) return { state: 'untested', reason: '' };
  if (hasFailedTest(noted) && !ignoresTests(spec, activeRemediation(spec, status)))
    return { state: 'failed', reason: 'release has test in failed phase' };
  return { state: 'in-sync', reason: '' };
}

function findChange(
  { chart, version }: ReleaseRecord,
  { spec, status, generation, wanted }: Omit<Known, 'records'>,
): string | undefined {
  const [noted] = status.history ?? [];
  const { name, version: chartVersion } = chart.metadata;
  if (name !== wanted.chartName || chartVersion !== wanted.chartVersion)
    return `the chart is ${name}@${chartVersion} and should be ${wanted.chartName}@${wanted.chartVersion}`;
  if (noted?.ociDigest !== undefined && noted.ociDigest !== wanted.chartDigest)
    return "the chart's content has changed";
  if (noted?.configDigest !== wanted.configDigest) return `the values of revision ${version} are others`;
  if (status.observedGeneration === generation) return undefined;
  if (specDigest(spec.postRenderers) !== (status.observedPostRenderersDigest ?? ''))
    return 'postrenderers digest has changed';
  if (specDigest(spec.commonMetadata) !== (status.observedCommonMetadataDigest ?? ''))
    return 'common metadata digest has changed';
  return undefined;
}

/** Of a part of the spec; empty when it is not there. */
export function specDigest(part: unknown): string {
  return part === undefined ? '' : digestOfJson(part);
}

/** What the spec says of failures of the action that was tried last; undefined when nothing was tried. */
export function activeRemediation(
  spec: HelmReleaseSpec,
  { lastAttemptedReleaseAction: action }: Known['status'],
): Remediation | undefined {
  return action === undefined ? undefined : (spec[action]?.remediation ?? {});
}

export function ignoresTests(spec: HelmReleaseSpec, remediation: Remediation | undefined): boolean {
  return remediation?.ignoreTestFailures ?? spec.test?.ignoreFailures ?? false;
}
