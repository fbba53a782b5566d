import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReleaseRecord, ReleaseStatus } from '@croft/helm/release/record';
import { type NextAction, nextAction } from './next-action.ts';
import { snapshotOf } from './snapshots.ts';
import type { HelmRelease, HelmReleaseSpec, ReleaseSnapshot } from './types.ts';

type Status = NonNullable<HelmRelease['status']>;

function record(version: number, status: ReleaseStatus, text = 'new'): ReleaseRecord {
  return {
    name: 'web',
    namespace: 'sites',
    version,
    info: { first_deployed: '', last_deployed: '', deleted: '', description: '', status },
    chart: {
      metadata: { name: 'web', version: '1.0.0' },
      lock: null,
      templates: null,
      values: null,
      schema: null,
      files: null,
    },
    config: { text },
    manifest: '',
    hooks: [],
  };
}

const chartDigest = 'sha256:chart';
const wantedRecord = snapshotOf(record(1, 'deployed'), chartDigest);
const wanted = { chartName: 'web', chartVersion: '1.0.0', chartDigest, configDigest: wantedRecord.configDigest };
const noted = (made: ReleaseRecord, more: Partial<ReleaseSnapshot> = {}): ReleaseSnapshot => ({
  ...snapshotOf(made, chartDigest),
  ...more,
});

interface Situation {
  records?: ReleaseRecord[];
  /** What the status knows; all records when left out. */
  history?: ReleaseSnapshot[];
  status?: Status;
  spec?: Partial<HelmReleaseSpec>;
  forced?: boolean;
  generation?: number;
}

function decide({
  records = [],
  history,
  status = {},
  spec = {},
  forced = false,
  generation = 1,
}: Situation): NextAction {
  const all = history ?? records.toReversed().map((made) => noted(made));
  return nextAction(
    {
      records,
      status: { observedGeneration: 1, history: all, ...status },
      spec: { interval: '1m', ...spec },
      generation,
      wanted,
    },
    forced,
  );
}

const once: Partial<HelmReleaseSpec> = { upgrade: { remediation: { retries: 0, remediateLastFailure: true } } };
const failedUpgrade: Status = { lastAttemptedReleaseAction: 'upgrade', upgradeFailures: 1, failures: 1 };

test('what is not there is installed, what is as wanted is left alone', () => {
  assert.equal(decide({}).action, 'install');
  assert.equal(decide({ records: [record(1, 'uninstalled')] }).action, 'install');
  assert.equal(decide({ records: [record(1, 'deployed')] }).action, 'none');
  assert.equal(decide({ records: [record(1, 'deployed')], forced: true }).action, 'upgrade');
});

test('other values, chart content or post-renderers are upgraded to', () => {
  assert.equal(decide({ records: [record(1, 'deployed', 'old')] }).action, 'upgrade');
  const made = record(1, 'deployed');
  assert.equal(decide({ records: [made], history: [{ ...snapshotOf(made, 'sha256:other') }] }).action, 'upgrade');
  const spec = { commonMetadata: { labels: { a: 'b' } } };
  assert.equal(decide({ records: [made], spec, generation: 2 }).action, 'upgrade');
});

test('a release that nobody noted, or that others changed, is adopted', () => {
  assert.equal(decide({ records: [record(1, 'deployed')], history: [] }).action, 'adopt');
  const changed = { ...record(1, 'deployed'), manifest: 'other' };
  assert.equal(decide({ records: [changed], history: [noted(record(1, 'deployed'))] }).action, 'adopt');
  const records = [record(1, 'superseded'), record(2, 'deployed')];
  assert.equal(decide({ records, history: [noted(record(1, 'superseded'))] }).action, 'adopt');
});

test('a failed upgrade is rolled back, and not tried again with the same content', () => {
  const records = [record(1, 'superseded', 'old'), record(2, 'failed')];
  assert.deepEqual(decide({ records, status: failedUpgrade, spec: once }), { action: 'rollback', toRevision: 1 });
  const back = [...records, record(3, 'deployed', 'old')];
  assert.deepEqual(decide({ records: back, status: failedUpgrade, spec: once }), {
    action: 'give-up',
    reason: 'RetriesExceeded',
    message: 'Failed to upgrade after 1 attempt(s)',
  });
  assert.equal(decide({ records: back, spec: once }).action, 'upgrade');
  assert.equal(decide({ records: back, status: failedUpgrade, spec: once, forced: true }).action, 'upgrade');
  const uninstalls = { upgrade: { remediation: { retries: 1, strategy: 'uninstall' as const } } };
  assert.equal(decide({ records, status: failedUpgrade, spec: uninstalls }).action, 'uninstall');
});

test('without an earlier good release there is nothing to go back to', () => {
  const decided = decide({ records: [record(1, 'failed')], status: failedUpgrade, spec: once });
  assert.equal(decided.action === 'give-up' && decided.reason, 'MissingRollbackTarget');
});

test('retries are used up before giving up', () => {
  const spec = { upgrade: { remediation: { retries: 1 } } };
  const records = [record(1, 'superseded', 'old'), record(2, 'failed'), record(3, 'deployed', 'old')];
  assert.equal(decide({ records, spec, status: { ...failedUpgrade, upgradeFailures: 1 } }).action, 'upgrade');
  assert.equal(decide({ records, spec, status: { ...failedUpgrade, upgradeFailures: 2 } }).action, 'give-up');
  const always = { upgrade: { remediation: { retries: -1 } } };
  assert.equal(decide({ records, spec: always, status: { ...failedUpgrade, upgradeFailures: 99 } }).action, 'upgrade');
});

test('a failed install is removed and tried again as often as asked', () => {
  const spec = { install: { remediation: { retries: 1 } } };
  const failed = (installFailures: number): Status => ({ lastAttemptedReleaseAction: 'install', installFailures });
  const records = [record(1, 'failed')];
  assert.equal(decide({ records, spec, status: failed(1) }).action, 'uninstall');
  assert.equal(decide({ spec, status: failed(1) }).action, 'install');
  assert.equal(decide({ spec, status: failed(2) }).action, 'give-up');
  assert.equal(decide({ records, status: failed(1) }).action, 'give-up');
});

test('with RetryOnFailure a failure is upgraded, never remediated', () => {
  const spec = { upgrade: { ...once.upgrade, strategy: { name: 'RetryOnFailure' as const } } };
  const records = [record(1, 'superseded', 'old'), record(2, 'failed')];
  assert.equal(decide({ records, status: failedUpgrade, spec }).action, 'upgrade');
});

test('a lock of a dead process is opened, and a try that nobody noted goes on', () => {
  for (const status of ['pending-install', 'pending-upgrade', 'pending-rollback', 'uninstalling'] as const) {
    assert.equal(decide({ records: [record(1, 'deployed'), record(2, status)] }).action, 'unlock', status);
  }
  const records = [record(1, 'deployed', 'old'), record(2, 'failed')];
  const history = [noted(record(1, 'deployed', 'old'))];
  assert.equal(
    decide({ records, history, status: { lastAttemptedReleaseAction: 'install' }, spec: once }).action,
    'upgrade',
  );
});

test('tests run once for each release, and a failed one counts as a failed release', () => {
  const records = [record(1, 'deployed')];
  const made = record(1, 'deployed');
  const spec = { test: { enable: true } };
  assert.equal(decide({ records, spec }).action, 'test');
  assert.equal(decide({ records, spec, history: [noted(made, { testHooks: {} })] }).action, 'none');
  const history = [noted(made, { testHooks: { probe: { phase: 'Failed' } } })];
  const status: Status = { lastAttemptedReleaseAction: 'install', installFailures: 1 };
  assert.equal(decide({ records, spec, history, status }).action, 'give-up');
  assert.equal(
    decide({ records, spec: { test: { enable: true, ignoreFailures: true } }, history, status }).action,
    'none',
  );
});
