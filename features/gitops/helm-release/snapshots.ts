import type { ReleaseRecord } from '@croft/helm/release/record';
import { configDigest, recordDigest } from './digests.ts';
import type { HelmRelease, ReleaseAction, ReleaseSnapshot, TestSpec } from './types.ts';

type Status = NonNullable<HelmRelease['status']>;

const mostKept = 5;
/** Which form of digest the snapshots have. */
const snapshotVersion = 'v2';

/** What the status keeps of a stored release. `chartDigest`: of the chart that it was made of. */
export function snapshotOf(record: ReleaseRecord, chartDigest?: string): ReleaseSnapshot {
  const { name, namespace, version, info, chart, config } = record;
  const { name: chartName, version: chartVersion, appVersion } = chart.metadata;
  return {
    apiVersion: snapshotVersion,
    digest: recordDigest(record, chartDigest),
    name,
    namespace,
    version,
    status: info.status,
    chartName: String(chartName),
    chartVersion: String(chartVersion),
    ...(typeof appVersion === 'string' ? { appVersion } : {}),
    configDigest: configDigest(config),
    firstDeployed: info.first_deployed,
    lastDeployed: info.last_deployed,
    ...(info.deleted === '' ? {} : { deleted: info.deleted }),
    ...(chartDigest === undefined ? {} : { ociDigest: chartDigest }),
  };
}

/** Puts a record at the head of the history; what it superseded is noted so. */
export function addSnapshot(
  status: Status,
  record: ReleaseRecord,
  { action, chartDigest }: { action: ReleaseAction; chartDigest?: string | undefined },
  older: readonly ReleaseRecord[],
): void {
  const others = (status.history ?? []).filter(({ version }) => version !== record.version);
  const updated = others.map((item) => {
    const now = older.find(({ version }) => version === item.version);
    if (now === undefined) return item;
    const { testHooks, action: before } = item;
    return {
      ...snapshotOf(now, item.ociDigest),
      ...(before === undefined ? {} : { action: before }),
      ...(testHooks === undefined ? {} : { testHooks }),
    };
  });
  const history = [{ ...snapshotOf(record, chartDigest), action }, ...updated];
  status.history = history.sort((a, b) => b.version - a.version).slice(0, mostKept);
}

/** Whether a stored release is the one that a snapshot was made of. Those of older forms are taken to be. */
export function isSnapshotOf(snapshot: ReleaseSnapshot, record: ReleaseRecord): boolean {
  if (snapshot.name !== record.name || snapshot.version !== record.version) return false;
  return snapshot.apiVersion !== snapshotVersion || snapshot.digest === recordDigest(record, snapshot.ociDigest);
}

/** The newest release before the last that was deployed well, and that no test failed in. */
export function previousSnapshot(status: Status, ignoreTests: boolean): ReleaseSnapshot | undefined {
  return (status.history ?? []).slice(1).find((item) => isGood(item) && (ignoreTests || !hasFailedTest(item)));
}

/** Leaves nothing before the release that could be gone back to. */
export function truncateHistory(status: Status, ignoreTests: boolean): void {
  const previous = previousSnapshot(status, ignoreTests);
  const history = status.history ?? [];
  if (history.length < 2) return;
  status.history = history.slice(0, previous === undefined ? mostKept : history.indexOf(previous) + 1);
}

function isGood({ status }: ReleaseSnapshot): boolean {
  return status === 'deployed' || status === 'superseded';
}

/** Notes how the chosen test hooks of the newest record went. */
export function noteTests(status: Status, record: ReleaseRecord, filters: TestSpec['filters'] = []): void {
  const tests = record.hooks.filter(({ events, name }) => events.includes('test') && isChosen(name, filters));
  const testHooks = Object.fromEntries(
    tests.map(({ name, last_run: { phase, started_at, completed_at } }) => [
      name,
      {
        ...(phase === '' ? {} : { phase }),
        ...(started_at === '' ? {} : { lastStarted: started_at }),
        ...(completed_at === '' ? {} : { lastCompleted: completed_at }),
      },
    ]),
  );
  status.history = (status.history ?? []).map((item) =>
    item.version === record.version ? { ...item, testHooks } : item,
  );
}

function isChosen(name: string, filters: NonNullable<TestSpec['filters']>): boolean {
  if (filters.some((filter) => filter.exclude && filter.name === name)) return false;
  const included = filters.filter(({ exclude }) => !exclude);
  return included.length === 0 || included.some((filter) => filter.name === name);
}

/** All tests have ended, or one failed; a release without tests has been tested once they were looked for. */
export function hasBeenTested(snapshot: ReleaseSnapshot): boolean {
  if (snapshot.testHooks === undefined) return false;
  return hasFailedTest(snapshot) || Object.values(snapshot.testHooks).every(({ phase }) => phase === 'Succeeded');
}

export function hasFailedTest({ testHooks = {} }: ReleaseSnapshot): boolean {
  return Object.values(testHooks).some(({ phase }) => phase === 'Failed');
}
