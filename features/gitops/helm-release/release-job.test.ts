import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Stored } from '@croft/api/object';
import { releaseNameOf, storageNamespaceOf } from './release-job.ts';
import type { HelmRelease, HelmReleaseSpec } from './types.ts';

const named = (name: string, spec: Partial<HelmReleaseSpec> = {}) =>
  ({ metadata: { namespace: 'sites', name }, spec: { interval: '1m', ...spec } }) as Stored<HelmRelease>;

test('a release is named after its HelmRelease, its namespace or as the spec says', () => {
  assert.deepEqual(releaseNameOf(named('web')), { name: 'web', namespace: 'sites' });
  assert.deepEqual(releaseNameOf(named('web', { targetNamespace: 'apps' })), { name: 'apps-web', namespace: 'apps' });
  assert.equal(releaseNameOf(named('web', { releaseName: 'shop', targetNamespace: 'apps' })).name, 'shop');
  assert.equal(storageNamespaceOf(named('web', { targetNamespace: 'apps' })), 'sites');
});

test('a name that is too long for Helm is cut off, with a hash of all of it', () => {
  const { name } = releaseNameOf(named('some-front-appended-namespace-release-with-a-name-too-long'));
  assert.match(name, /^some-front-appended-namespace-release-wi-[0-9a-f]{12}$/);
});
