import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configMaps } from '@croft/api/kinds';
import { settingsKey, startApps } from '@croft/apps/controller';
import { helmReleases } from '@croft/gitops/helm-release/types';
import { helmRepositories } from '@croft/gitops/helm-repository/types';
import { readStatus } from '@croft/platform/status';
import { eventually } from '../support/instance.ts';
import { startWorld } from '../support/world.ts';

const namespace = 'croft-system';

test('every failure is told with what to do, and a wrong name in the settings with the right ones', async (t) => {
  const world = await startWorld(t);
  const { client } = world;
  const apps = startApps({ ...world.context, portSuffix: '' });
  t.after(() => apps[Symbol.asyncDispose]());
  await client.create(configMaps, {
    metadata: settingsKey,
    data: { 'settings.yaml': 'domain: a.org\nenabled_applications: [web, wbe]\n' },
  });
  await client.create(configMaps, {
    metadata: { namespace, name: 'web-application', labels: { 'apps.croft.dev/application': 'web' } },
    data: { 'application.yaml': 'title: Web\ndescription: A web site' },
  });
  await client.create(helmRepositories, {
    metadata: { namespace, name: 'charts' },
    spec: { url: 'http://127.0.0.1:1/none', interval: '1h' },
  });
  await client.create(helmRepositories, {
    metadata: { namespace, name: 'registry' },
    spec: { url: 'oci://127.0.0.1:1/none', type: 'oci', interval: '1h' },
  });
  const spec = { chart: 'web', sourceRef: { kind: 'HelmRepository', name: 'charts' } } as const;
  await client.create(helmReleases, {
    metadata: { namespace, name: 'web' },
    spec: { interval: '1h', chart: { spec } },
  });

  await eventually(async () => {
    const { ready, problems, applications } = await readStatus(client, '');
    assert.equal(ready, false);
    const [repository, unknown, ...others] = problems;
    assert.deepEqual(others, []);
    assert.match(repository?.message ?? '', /^HelmRepository croft-system\/charts: .*127\.0\.0\.1:1/);
    assert.match(repository?.todo ?? '', /reaches it; .* croft sync helmrepository charts$/);
    assert.match(unknown?.message ?? '', /settings\.yaml enables "wbe", but .* it has web/);
    assert.match(unknown?.todo ?? '', /croft apps disable wbe/);
    const [web] = applications;
    assert.deepEqual([web?.title, web?.enabled, web?.ready], ['Web', true, false]);
    assert.notEqual(web?.message, '');
    assert.notEqual(web?.todo, '');
  });
});
