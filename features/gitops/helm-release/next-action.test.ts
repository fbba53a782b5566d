import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReleaseRecord, ReleaseStatus } from '@croft/helm/release/record';
import { nextAction } from './next-action.ts';
import type { HelmRelease, HelmReleaseSpec, ReleaseSnapshot } from './types.ts';

const old = 'sha256:old';
const now = 'sha256:now';
const wanted = { chartVersion: '2.0.0', configDigest: now };
type Status = NonNullable<HelmRelease['status']>;

function records(...statuses: ReleaseStatus[]): ReleaseRecord[] {
  return statuses.map(
    (status, index) =>
      ({ version: index + 1, info: { status }, hooks: [{ events: ['test'] }] }) as unknown as ReleaseRecord,
  );
}

function snapshot(version: number, configDigest: string, tested = true): ReleaseSnapshot {
  return { version, configDigest, ...(tested ? { testHooks: {} } : {}) } as ReleaseSnapshot;
}

function decide(history: ReleaseRecord[], status: Status, spec: Partial<HelmReleaseSpec> = {}): string {
  return nextAction({ history, status, spec: { interval: '1m', ...spec }, wanted }).action;
}

const once: Partial<HelmReleaseSpec> = { upgrade: { remediation: { retries: 0, remediateLastFailure: true } } };

test('what is not there is installed, what is as wanted is left alone', () => {
  assert.equal(decide([], {}), 'install');
  assert.equal(decide(records('uninstalled'), {}), 'install');
  assert.equal(decide(records('deployed'), { lastAttemptedConfigDigest: now, history: [snapshot(1, now)] }), 'none');
});

test('other content, or a release that nobody noted, is upgraded', () => {
  assert.equal(decide(records('deployed'), { lastAttemptedConfigDigest: old, history: [snapshot(1, old)] }), 'upgrade');
  assert.equal(decide(records('deployed'), {}), 'upgrade');
});

test('a failed upgrade is rolled back, and not tried again with the same content', () => {
  const failed: Status = {
    lastAttemptedConfigDigest: now,
    lastAttemptedReleaseAction: 'upgrade',
    upgradeFailures: 1,
    failures: 1,
  };
  assert.equal(decide(records('superseded', 'failed'), failed, once), 'rollback');
  const back = { ...failed, history: [snapshot(3, old), snapshot(2, now), snapshot(1, old)] };
  assert.equal(decide(records('superseded', 'failed', 'deployed'), back, once), 'give-up');
  assert.equal(
    decide(records('superseded', 'failed', 'deployed'), { ...back, lastAttemptedConfigDigest: old }, once),
    'upgrade',
  );
});

test('retries are used up before giving up', () => {
  const twice: Partial<HelmReleaseSpec> = { upgrade: { remediation: { retries: 1 } } };
  const failed = (count: number): Status => ({
    lastAttemptedConfigDigest: now,
    lastAttemptedReleaseAction: 'upgrade',
    upgradeFailures: count,
    failures: count,
  });
  const history = records('superseded', 'failed', 'deployed');
  assert.equal(decide(history, { ...failed(1), history: [snapshot(3, old)] }, twice), 'upgrade');
  assert.equal(decide(history, { ...failed(2), history: [snapshot(3, old)] }, twice), 'give-up');
});

test('a failed install is removed and tried again as often as asked', () => {
  const spec: Partial<HelmReleaseSpec> = { install: { remediation: { retries: 1 } } };
  const failed = (count: number): Status => ({
    lastAttemptedConfigDigest: now,
    lastAttemptedReleaseAction: 'install',
    installFailures: count,
    failures: count,
  });
  assert.equal(decide(records('failed'), failed(1), spec), 'uninstall');
  assert.equal(decide([], failed(1), spec), 'install');
  assert.equal(decide([], failed(2), spec), 'give-up');
  assert.equal(decide(records('failed'), failed(1)), 'give-up');
});

test('a lock of a dead process is opened, whatever was under way', () => {
  for (const status of ['pending-install', 'pending-upgrade', 'pending-rollback', 'uninstalling'] as const) {
    assert.equal(decide(records('deployed', status), { lastAttemptedConfigDigest: now }), 'unlock', status);
  }
});

test('tests run once for each release that has them, when they are asked for', () => {
  const status: Status = { lastAttemptedConfigDigest: now, history: [snapshot(1, now, false)] };
  assert.equal(decide(records('deployed'), status, { test: { enable: true } }), 'test');
  assert.equal(decide(records('deployed'), status), 'none');
  assert.equal(
    decide(records('deployed'), { ...status, history: [snapshot(1, now)] }, { test: { enable: true } }),
    'none',
  );
});

test('a try that was interrupted is begun again and not remediated', () => {
  const status: Status = { lastAttemptedConfigDigest: now, lastAttemptedReleaseAction: 'install' };
  assert.equal(decide(records('failed'), status, { install: { remediation: { retries: 3 } } }), 'upgrade');
  assert.equal(
    decide(records('superseded', 'failed'), { ...status, lastAttemptedReleaseAction: 'upgrade' }, once),
    'upgrade',
  );
});
