import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject, Stored } from '@croft/api/object';
import { advise } from './advice.ts';

const object = (kind: string, spec: object = {}) =>
  ({
    kind,
    metadata: { namespace: 'apps', name: 'web', uid: '1', resourceVersion: '1' },
    spec,
  }) as unknown as Stored<KubeObject>;
const ready = (reason: string) =>
  ({ type: 'Ready', status: 'False', reason, message: '', lastTransitionTime: '' }) as const;

test('each failure comes with a command or a place', () => {
  const cases: [string, string, RegExp][] = [
    ['GitRepository', 'GitOperationFailed', /flux_source in settings\.yaml .*; then: croft sync$/],
    ['HelmRepository', 'FetchFailed', /croft sync helmrepository web$/],
    ['Kustomization', 'BuildFailed', /mend that file .* push/],
    ['HelmRelease', 'RetriesExceeded', /croft logs web.*croft sync helmrelease web --reset$/],
    ['HelmRelease', 'ValuesError', /croft apps configure web --edit$/],
    ['HelmRelease', 'DependencyNotReady', /goes on by itself/],
    ['HelmRelease', 'NeverHeardOf', /to try now: croft sync helmrelease web$/],
  ];
  for (const [kind, reason, expected] of cases) assert.match(advise(object(kind), ready(reason)), expected, reason);
});

test('what goes on by itself needs nothing, and what is suspended is resumed', () => {
  assert.equal(advise(object('HelmRelease'), ready('Progressing')), '');
  assert.match(advise(object('HelmRelease', { suspend: true }), ready('x')), /kubectl -n apps patch helmrelease web/);
});
