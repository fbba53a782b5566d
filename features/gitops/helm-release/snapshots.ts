import { sha256Digest } from '@croft/foundation/digest';
import type { ReleaseRecord } from '@croft/helm/release/record';
import type { HelmRelease, ReleaseSnapshot } from './types.ts';

const kept = 5;

/** Puts a record at the head of the status' history, in place of an earlier look at the same revision. */
export function addSnapshot(
  status: NonNullable<HelmRelease['status']>,
  record: ReleaseRecord,
  configDigest: string,
): void {
  const others = (status.history ?? []).filter(({ version }) => version !== record.version);
  const older =
    record.info.status === 'deployed'
      ? others.map((item) => (item.status === 'deployed' ? { ...item, status: 'superseded' } : item))
      : others;
  status.history = [snapshotOf(record, configDigest), ...older].slice(0, kept);
}

/** Notes how the test hooks of the newest record went. */
export function noteTests(status: NonNullable<HelmRelease['status']>, record: ReleaseRecord): void {
  const tests = record.hooks.filter(({ events }) => events.includes('test'));
  const testHooks = Object.fromEntries(
    tests.map(({ name, last_run }) => [
      name,
      { phase: last_run.phase, lastStarted: last_run.started_at, lastCompleted: last_run.completed_at },
    ]),
  );
  status.history = (status.history ?? []).map((item) =>
    item.version === record.version ? { ...item, testHooks } : item,
  );
}

function snapshotOf(record: ReleaseRecord, configDigest: string): ReleaseSnapshot {
  const { name, namespace, version, info, chart, manifest } = record;
  const { name: chartName, version: chartVersion, appVersion } = chart.metadata;
  return {
    name,
    namespace,
    version,
    status: info.status,
    chartName: String(chartName),
    chartVersion: String(chartVersion),
    ...(typeof appVersion === 'string' ? { appVersion } : {}),
    configDigest,
    digest: sha256Digest(manifest),
    firstDeployed: info.first_deployed,
    lastDeployed: info.last_deployed,
  };
}
