import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Stored } from '@croft/api/object';
import type { Condition } from '@croft/controller/conditions';
import type { HelmRelease } from '@croft/gitops/helm-release/types';
import { adviseFailure } from './advice.ts';
import { stateOf } from './application-state.ts';
import { describeFailure, findReleaseFailure } from './release-failure.ts';

type Told = [type: string, status: Condition['status'], reason: string, message?: string];
const release = (...told: Told[]) =>
  ({
    kind: 'HelmRelease',
    metadata: { namespace: 'apps', name: 'web', uid: '1', resourceVersion: '1', generation: 1 },
    spec: {},
    status: {
      observedGeneration: 1,
      lastAttemptedRevision: '2.0.0',
      lastAttemptedReleaseAction: 'upgrade',
      history: [{ chartVersion: '1.0.0' }],
      conditions: told.map(([type, status, reason, message = '']) => ({ type, status, reason, message })),
    },
  }) as unknown as Stored<HelmRelease>;
const upgradeFailed: Told = [
  'Released',
  'False',
  'UpgradeFailed',
  'Helm upgrade failed for release apps/web with chart web@2.0.0: will not become ready: Pod/apps/web-1: why',
];
const wentBack: Told = ['Remediated', 'True', 'RollbackSucceeded'];
const stalled: Told = ['Stalled', 'True', 'RetriesExceeded'];

/** The state, the line, and what to do. */
const told = (...conditions: Told[]) => {
  const object = release(...conditions);
  const failure = findReleaseFailure(object);
  const state = stateOf({ enabled: true, ready: false, release: object, failure });
  return [state, failure && describeFailure(failure), failure && adviseFailure(object, failure)] as const;
};

test('an update that failed is told in one line, with what runs now and what to do', () => {
  const [state, line, todo] = told(upgradeFailed, wentBack, stalled, ['Ready', 'False', 'RetriesExceeded']);
  assert.equal(state, 'update failed');
  assert.equal(line, 'the update to chart 2.0.0 failed, chart 1.0.0 runs again: Pod/apps/web-1: why');
  assert.match(todo ?? '', /croft logs web.* croft sync helmrelease web --reset$/);
});

test('the failure stays in sight while it is remedied and tried again', () => {
  const rollback: Told = ['Reconciling', 'True', 'Progressing', "Running 'rollback' action with timeout of 5m0s"];
  assert.deepEqual(told(upgradeFailed, rollback, ['Ready', 'False', 'UpgradeFailed']).slice(0, 2), [
    'update failed',
    'the update to chart 2.0.0 failed, it is being rolled back: Pod/apps/web-1: why',
  ]);
  const again: Told = ['Reconciling', 'True', 'Progressing', "Running 'upgrade' action with timeout of 5m0s"];
  assert.deepEqual(told(upgradeFailed, wentBack, again, ['Ready', 'Unknown', 'Progressing']), [
    'updating',
    'the update to chart 2.0.0 failed, chart 1.0.0 runs again, it is being tried again: Pod/apps/web-1: why',
    '',
  ]);
  const other = release(upgradeFailed, wentBack, again, ['Ready', 'Unknown', 'Progressing']);
  Object.assign(other.status ?? {}, { lastAttemptedRevision: '3.0.0' });
  const failure = findReleaseFailure(other);
  assert.match(
    failure ? describeFailure(failure) : '',
    /update to chart 2\.0\.0 failed.* chart 3\.0\.0 is being tried now/,
  );
});

test('what is first tried, what waits, and what was unlocked have not failed', () => {
  const first: Told = ['Reconciling', 'True', 'Progressing', "Running 'upgrade' action with timeout of 5m0s"];
  assert.deepEqual(told(first, ['Ready', 'Unknown', 'Progressing']), ['updating', undefined, undefined]);
  const unlocked: Told = ['Released', 'False', 'PendingRelease', 'Unlocked Helm release'];
  assert.deepEqual(told(unlocked, first, ['Ready', 'Unknown', 'Progressing']), ['updating', undefined, undefined]);
  // Something else is wrong now: that is told.
  const [state, line] = told(upgradeFailed, ['Ready', 'False', 'ValuesError', 'the Secret does not exist']);
  assert.deepEqual([state, line], ['not ready', undefined]);
});

test('a change of values alone is told as one', () => {
  const object = release(['Released', 'False', 'UpgradeFailed', 'why'], ['Ready', 'False', 'UpgradeFailed']);
  Object.assign(object.status ?? {}, { history: [{ chartVersion: '2.0.0', status: 'deployed' }] });
  const failure = findReleaseFailure(object);
  assert.ok(failure);
  assert.equal(describeFailure(failure), 'the update with other values failed, chart 2.0.0 goes on as it was: why');
});

test('what to do depends on why it failed', () => {
  const advice = (reason: string) =>
    told(
      [
        'Released',
        'False',
        'UpgradeFailed',
        `Helm upgrade failed for release apps/web with chart web@2.0.0: ${reason}`,
      ],
      ['Ready', 'False', 'RetriesExceeded'],
    )[2] ?? '';
  assert.match(advice('the image localhost/croft/my-web:2 could not be built: x'), /^mend images\/my-web in/);
  assert.match(advice('container main: ErrImagePull: manifest unknown'), /registry/);
  assert.match(advice('container main: CrashLoopBackOff'), /croft logs web/);
});
