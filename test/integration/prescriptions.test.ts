import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configMaps, namespaces, persistentVolumeClaims, secrets } from '@croft/api/kinds';
import { findCondition } from '@croft/controller/conditions';
import { helmReleases } from '@croft/gitops/helm-release/types';
import { kustomizations } from '@croft/gitops/kustomization/types';
import { gitRepositories } from '@croft/gitops/types';
import { createRepository } from '../support/repository.ts';
import { startWorld, type World } from '../support/world.ts';

const key = { namespace: 'croft-system', name: 'catalog' };

async function follow({ client }: World, url: string, layout?: string): Promise<void> {
  await client.create(gitRepositories, { metadata: key, spec: { url, interval: '1h', ref: { branch: 'main' } } });
  const annotations = layout === undefined ? {} : { annotations: { 'kustomize.croft.dev/layout': layout } };
  await client.create(kustomizations, {
    metadata: { ...key, ...annotations },
    spec: { interval: '1h', prune: true, path: './flux', sourceRef: { kind: 'GitRepository', name: 'catalog' } },
  });
}

const readyMessage = (
  object: { status?: { conditions?: { type: string; status: string; message?: string }[] } } | undefined,
) => findCondition(object?.status?.conditions, 'Ready');
const configMap = (name: string, data: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: croft-system}\ndata: {key: ${data}}\n`;

test('a push is applied, changed and pruned without waiting for the interval', async (t) => {
  const world = await startWorld(t);
  const repository = await createRepository(world.root);
  await repository.commit({
    'flux/a.yaml': configMap('a', 'one'),
    'flux/b.yaml': configMap('b', 'one'),
    'other/c.yaml': configMap('c', 'one'),
  });
  await follow(world, repository.url);
  await world.until(configMaps, { ...key, name: 'a' }, (found) => found?.data?.key === 'one');
  const commit = await repository.commit({ 'flux/a.yaml': configMap('a', 'two'), 'flux/b.yaml': undefined });
  await world.until(configMaps, { ...key, name: 'a' }, (found) => found?.data?.key === 'two');
  await world.until(configMaps, { ...key, name: 'b' }, (found) => found === undefined);
  const applied = await world.until(
    kustomizations,
    key,
    (found) => found?.status?.lastAppliedRevision === `main@sha1:${commit}`,
  );
  assert.equal(readyMessage(applied)?.message, `Applied revision: main@sha1:${commit}`);
  assert.equal(await world.client.find(configMaps, { ...key, name: 'c' }), undefined);
});

test('what cannot be read prunes nothing, says why, and the next good push heals it', async (t) => {
  const world = await startWorld(t);
  const repository = await createRepository(world.root);
  await repository.commit({ 'flux/a.yaml': configMap('a', 'one'), 'flux/b.yaml': configMap('b', 'one') });
  await follow(world, repository.url);
  await world.until(kustomizations, key, (found) => readyMessage(found)?.status === 'True');
  await repository.commit({ 'flux/a.yaml': 'kind: [', 'flux/b.yaml': undefined });
  const broken = await world.until(kustomizations, key, (found) => readyMessage(found)?.status === 'False');
  assert.match(readyMessage(broken)?.message ?? '', /flux\/a\.yaml: .*line 1/);
  assert.ok(await world.client.find(configMaps, { ...key, name: 'b' }), 'b is still there');
  await repository.commit({ 'flux/a.yaml': configMap('a', 'three') });
  await world.until(configMaps, { ...key, name: 'a' }, (found) => found?.data?.key === 'three');
  await world.until(configMaps, { ...key, name: 'b' }, (found) => found === undefined);
});

test('one object that the API refuses does not stop the others', async (t) => {
  const world = await startWorld(t);
  const repository = await createRepository(world.root);
  await repository.commit({
    'flux/a.yaml': 'apiVersion: example.org/v1\nkind: Unknown\nmetadata: {name: x}\n',
    'flux/b.yaml': configMap('b', 'one'),
    'flux/c.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: Bad_Name, namespace: croft-system}\n',
  });
  await follow(world, repository.url);
  const failed = await world.until(kustomizations, key, (found) => readyMessage(found)?.status === 'False');
  assert.match(
    readyMessage(failed)?.message ?? '',
    /flux\/a\.yaml: Unknown\/x: the API serves no Unknown of example\.org\/v1/,
  );
  assert.match(readyMessage(failed)?.message ?? '', /flux\/c\.yaml: ConfigMap\/croft-system\/Bad_Name: .*Bad_Name/);
  assert.ok(await world.client.find(configMaps, { ...key, name: 'b' }));
});

test('an unreachable or empty repository says so and is tried again', async (t) => {
  const world = await startWorld(t);
  await follow(world, 'file:///nonexistent/repository.git');
  const missing = await world.until(gitRepositories, key, (found) => readyMessage(found)?.status === 'False');
  assert.match(
    readyMessage(missing)?.message ?? '',
    /failed to fetch \/nonexistent\/repository\.git: .*does not appear to be a git repository/s,
  );
  const repository = await createRepository(world.root);
  await world.client.patch(gitRepositories, key, { spec: { url: repository.url } });
  const empty = await world.until(gitRepositories, key, (found) => /is empty/.test(readyMessage(found)?.message ?? ''));
  assert.match(readyMessage(empty)?.message ?? '', /push a commit to the branch "main"/);
  await repository.commit({ 'flux/a.yaml': configMap('a', 'one') });
  await world.until(configMaps, { ...key, name: 'a' }, (found) => found !== undefined);
});

test('in the older layout the folder names the namespace and the settings Secret decides', async (t) => {
  const world = await startWorld(t);
  const repository = await createRepository(world.root);
  const release =
    'apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: web}\nspec:\n  interval: 1h\n  chart: {spec: {chart: ./charts/none, sourceRef: {kind: GitRepository, name: none}}}\n';
  await repository.commit({ 'flux/sites/web.yml': release });
  await follow(world, repository.url, 'prescriptions');
  await world.until(kustomizations, key, (found) => readyMessage(found)?.status === 'True');
  assert.ok(await world.client.find(namespaces, { name: 'sites' }));
  assert.equal(await world.client.find(helmReleases, { namespace: 'sites', name: 'web' }), undefined);
  const settings = {
    metadata: { namespace: 'sites', name: 'web-settings' },
    stringData: { enabled: 'true', 'values.yaml': 'a: 1' },
  };
  await world.client.create(secrets, settings);
  const created = await world.until(helmReleases, { namespace: 'sites', name: 'web' }, (found) => found !== undefined);
  assert.deepEqual(created?.spec?.valuesFrom, [
    { kind: 'Secret', name: 'web-settings', valuesKey: 'values.yaml', optional: true },
  ]);
  await world.client.patch(secrets, settings.metadata, { stringData: { enabled: 'false' } });
  await world.until(helmReleases, { namespace: 'sites', name: 'web' }, (found) => found === undefined);
});

test('an application of the older layout is enabled, changed, disabled and enabled again; its volume stays', async (t) => {
  const world = await startWorld(t);
  const { client } = world;
  const repository = await createRepository(world.root);
  const chart = (version: string) => ({
    'charts/web/Chart.yaml': `apiVersion: v2\nname: web\nversion: ${version}\n`,
    'charts/web/templates/all.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {version: "${version}", text: {{ .Values.text | default "none" }}}\n---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\nspec: {accessModes: [ReadWriteOnce], storageClassName: none, volumeName: none, resources: {requests: {storage: 1Mi}}}\n`,
  });
  const release = `apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: web}\nspec:\n  install: {disableWait: true}\n  upgrade: {disableWait: true}\n  driftDetection: {mode: enabled}\n  chart: {spec: {chart: ./charts/web, sourceRef: {kind: GitRepository, name: catalog, namespace: croft-system}}}\n`;
  const older = `apiVersion: helm.fluxcd.io/v1\nkind: HelmRelease\nmetadata: {name: old}\nspec:\n  releaseName: old\n  chart: {git: "${repository.url}", ref: main, path: charts/web}\n`;
  await repository.commit({ 'flux/sites/web.yaml': release, 'flux/archive/old.yml': older, ...chart('1.0.0') });
  await follow(world, repository.url, 'prescriptions');
  await world.until(kustomizations, key, (found) => readyMessage(found)?.status === 'True');
  const settings = (namespace: string, name: string) => ({ namespace, name: `${name}-settings` });
  const set = (namespace: string, name: string, enabled: boolean, text: string) =>
    client.apply(
      secrets,
      {
        metadata: settings(namespace, name),
        stringData: { enabled: String(enabled), 'values.yaml': `text: ${text}` },
      },
      { force: true },
    );
  const live = { namespace: 'sites', name: 'web' };
  const isLive = async (version: string, text: string) =>
    await world.until(configMaps, live, (found) => found?.data?.version === version && found.data.text === text);

  await set('sites', 'web', true, 'one');
  await isLive('1.0.0', 'one');
  await set('sites', 'web', true, 'two');
  await isLive('1.0.0', 'two');
  await set('archive', 'old', true, 'older');
  await world.until(configMaps, { namespace: 'archive', name: 'web' }, (found) => found?.data?.text === 'older');
  await repository.commit(chart('2.0.0'));
  await isLive('2.0.0', 'two');

  await client.patch(configMaps, live, { data: { text: 'by hand' } });
  const requestedAt = { metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': 'now' } } };
  await client.patch(helmReleases, live, requestedAt);
  await isLive('2.0.0', 'two');
  await client.delete(helmReleases, live);
  await world.until(helmReleases, live, (found) => found === undefined);
  await client.patch(kustomizations, key, requestedAt);
  await isLive('2.0.0', 'two');

  await set('sites', 'web', false, 'two');
  await world.until(helmReleases, live, (found) => found === undefined);
  assert.equal(await client.find(configMaps, live), undefined);
  const claim = await client.find(persistentVolumeClaims, { namespace: 'sites', name: 'data' });
  assert.ok(claim, 'the volume stays');
  await set('sites', 'web', true, 'three');
  await isLive('2.0.0', 'three');
  const again = await client.find(persistentVolumeClaims, { namespace: 'sites', name: 'data' });
  assert.equal(again?.metadata.uid, claim.metadata.uid, 'and is used again');
  await client.delete(kustomizations, key);
  await world.until(kustomizations, key, (found) => found === undefined);
  await world.until(helmReleases, live, (found) => found === undefined);
  assert.ok(await client.find(namespaces, { name: 'sites' }), 'namespaces are not pruned');
});
