import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configMaps, namespaces, secrets } from '@croft/api/kinds';
import { findCondition } from '@croft/controller/conditions';
import { type OlderRelease, type OlderReleaseSpec, olderReleases } from '@croft/gitops/older-release/types';
import { gitRepositories } from '@croft/gitops/types';
import { createRepository } from '../support/repository.ts';
import { startWorld } from '../support/world.ts';

const key = { namespace: 'sites', name: 'web' };
const readyOf = (found: OlderRelease | undefined) => findCondition(found?.status?.conditions, 'Ready');
const isReady = (found: OlderRelease | undefined) =>
  readyOf(found)?.status === 'True' && found?.status?.observedGeneration === found?.metadata?.generation;

const chart = (version: string, more = '') => ({
  'charts/web/Chart.yaml': `apiVersion: v2\nname: web\nversion: ${version}\n`,
  'charts/web/values.yaml': 'text: default\nfile: none\n',
  'charts/web/production.yaml': 'file: production\n',
  'charts/web/templates/all.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {version: "${version}", text: {{ .Values.text }}, file: {{ .Values.file }}}\n${more}`,
});
const neverReady =
  '---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  selector: {matchLabels: {a: b}}\n  template:\n    metadata: {labels: {a: b}}\n    spec: {containers: [{name: main, image: none}]}\n';

test('a release of helm-operator is installed from git, upgraded, rolled back and removed', async (t) => {
  const world = await startWorld(t);
  const { client } = world;
  const repository = await createRepository(world.root);
  await repository.commit(chart('1.0.0'));
  await client.create(namespaces, { metadata: { name: 'sites' } });
  await client.create(configMaps, {
    metadata: { namespace: 'sites', name: 'base' },
    data: { 'values.yaml': 'text: base' },
  });
  const spec: OlderReleaseSpec = {
    chart: { git: repository.url, ref: 'main', path: 'charts/web' },
    targetNamespace: 'apps',
    timeout: 1,
    rollback: { enable: true },
    valuesFrom: [
      { chartFileRef: { path: 'production.yaml' } },
      { configMapKeyRef: { name: 'base' } },
      { secretKeyRef: { name: 'later', key: 'text.yaml', optional: true } },
    ],
  };
  await client.create(olderReleases, { metadata: key, spec });
  const made = await world.until(olderReleases, key, isReady);
  const live = { namespace: 'apps', name: 'web' };
  assert.deepEqual((await client.get(configMaps, live)).data, { version: '1.0.0', text: 'base', file: 'production' });
  const { releaseName, releaseStatus, revision, phase } = made?.status ?? {};
  assert.deepEqual(
    { releaseName, releaseStatus, revision, phase },
    {
      releaseName: 'sites-apps-web',
      releaseStatus: 'deployed',
      revision: '1.0.0+1', // the generation of its HelmChart, because of the values file
      phase: 'Succeeded',
    },
  );
  assert.ok(await client.find(secrets, { namespace: 'apps', name: 'sh.helm.release.v1.sites-apps-web.v1' }));

  await client.create(secrets, {
    metadata: { namespace: 'sites', name: 'later' },
    stringData: { 'text.yaml': 'text: secret' },
  });
  await world.until(configMaps, live, (found) => found?.data?.text === 'secret');
  await repository.commit(chart('2.0.0', neverReady));
  const sources = (await client.list(gitRepositories, { namespace: 'sites' })).items;
  assert.equal(sources.length, 1);
  const [source] = sources;
  assert.ok(source);
  const sourceKey = { namespace: 'sites', name: source.metadata.name };
  const askSource = (value: string) =>
    client.patch(gitRepositories, sourceKey, {
      metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': value } },
    });
  await askSource('1');
  const failed = await world.until(olderReleases, key, (found) => found?.status?.phase === 'Failed');
  assert.match(
    readyOf(failed)?.message ?? '',
    /Helm rollback to previous release apps\/sites-apps-web\.v2 .*Deployment\/apps\/web/s,
  );
  assert.equal((await client.get(configMaps, live)).data?.version, '1.0.0');
  await repository.commit(chart('2.0.1'));
  await askSource('2');
  await world.until(olderReleases, key, (found) => isReady(found) && found?.status?.revision === '2.0.1+1');
  await client.delete(olderReleases, key);
  await world.until(olderReleases, key, (found) => found === undefined);
  assert.equal(await client.find(configMaps, live), undefined);
});

test('what the older kind cannot have here is said, with what to do instead', async (t) => {
  const world = await startWorld(t);
  const { client } = world;
  await client.create(namespaces, { metadata: { name: 'sites' } });
  const set = async (spec: OlderReleaseSpec) =>
    await client.apply(olderReleases, { metadata: key, spec }, { force: true });
  const says = async (pattern: RegExp) => {
    const found = await world.until(olderReleases, key, (now) => pattern.test(readyOf(now)?.message ?? ''));
    assert.equal(readyOf(found)?.reason, 'InvalidSpec');
  };
  await set({ chart: {} });
  await says(/spec\.chart names no place: give it git and path, or repository, name and version/);
  await set({ chart: { repository: 'https://charts.example.org' } });
  await says(/spec\.chart\.name is missing/);
  const url = { externalSourceRef: { url: 'https://example.org/values.yaml' } };
  await set({ chart: { git: 'https://example.org/a.git', path: 'a' }, valuesFrom: [url] });
  await says(/spec\.valuesFrom\[0\]\.externalSourceRef is not supported: put the values into a ConfigMap or a Secret/);
});
