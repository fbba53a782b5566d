import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { configMaps, persistentVolumeClaims, secrets } from '@croft/api/kinds';
import { findCondition } from '@croft/controller/conditions';
import { kustomizations } from '@croft/gitops/kustomization/types';
import { intervalAnnotation, olderReleases } from '@croft/gitops/older-release/types';
import { gitRepositories } from '@croft/gitops/types';
import { createRepository } from '../support/repository.ts';
import { startWorld } from '../support/world.ts';

const key = { namespace: 'croft-system', name: 'catalog' };
const live = { namespace: 'oas-apps', name: 'cloud' };

const chart = (version: string) => ({
  'charts/cloud/Chart.yaml': `apiVersion: v2\nname: cloud\nversion: ${version}\n`,
  'charts/cloud/values.yaml': 'title: default\nsize: small\n',
  'charts/cloud/templates/all.yaml': [
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cloud}\ndata: {version: "${version}", title: {{ .Values.title }}, size: {{ .Values.size }}}`,
    'apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: cloud}\nspec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}\n',
  ].join('\n---\n'),
});

const release = (git: string) => `apiVersion: helm.fluxcd.io/v1
kind: HelmRelease
metadata:
  name: cloud
  annotations: {flux.weave.works/automated: "false"}
spec:
  releaseName: cloud
  chart: {git: "${git}", ref: main, path: charts/cloud}
  values: {size: large}
  valuesFrom:
  - secretKeyRef: {name: cloud-settings, key: values.yaml}
`;

/** An API that follows a repository with the folder. */
async function setUp(t: TestContext, file: string) {
  const world = await startWorld(t);
  const { client, until } = world;
  const repository = await createRepository(world.root);
  await repository.commit({ ...chart('1.0.0'), [file]: release(repository.url) });
  await client.create(gitRepositories, {
    metadata: key,
    spec: { url: repository.url, interval: '1h', ref: { branch: 'main' } },
  });
  const annotations = {
    'kustomize.croft.dev/layout': 'prescriptions',
    'kustomize.croft.dev/release-interval': '7m',
  };
  await client.create(kustomizations, {
    metadata: { ...key, annotations },
    spec: { interval: '1h', prune: true, path: './flux', sourceRef: { kind: 'GitRepository', name: 'catalog' } },
  });
  await until(kustomizations, key, (found) => findCondition(found?.status?.conditions, 'Ready')?.status === 'True');
  return { client, until, repository };
}

test('a folder of the older design: installed by its Secret, upgraded, repaired, disabled with its volume kept', async (t) => {
  const { client, until, repository } = await setUp(t, 'flux/oas-apps/cloud.yml');
  const listing = await until(configMaps, { ...key, name: 'catalog-prescribed' }, (found) => found !== undefined);
  assert.match(
    listing?.data?.['releases.json'] ?? '',
    /"name":"cloud","namespace":"oas-apps","file":"flux\/oas-apps\/cloud\.yml"/,
  );
  assert.equal(await client.find(olderReleases, live), undefined);

  const settings = { namespace: 'oas-apps', name: 'cloud-settings' };
  await client.create(secrets, { metadata: settings, stringData: { enabled: 'true', 'values.yaml': 'title: ours' } });
  await until(configMaps, live, (found) => found !== undefined);
  assert.deepEqual((await client.get(configMaps, live)).data, { version: '1.0.0', title: 'ours', size: 'large' });
  const made = await client.get(olderReleases, live);
  assert.equal(made.metadata.annotations?.[intervalAnnotation], '7m');
  assert.equal(made.spec?.valuesFrom?.length, 1, 'the file names its settings itself');

  await repository.commit(chart('1.1.0'));
  await until(configMaps, live, (found) => found?.data?.version === '1.1.0');
  await client.patch(secrets, settings, { stringData: { 'values.yaml': 'title: changed' } });
  await until(configMaps, live, (found) => found?.data?.title === 'changed');

  const reapply = async (at: string) => {
    await client.patch(kustomizations, key, { metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': at } } });
    await until(kustomizations, key, (found) => found?.status?.lastHandledReconcileAt === at);
  };
  await reapply('before');
  await client.patch(olderReleases, live, { spec: { values: { size: 'huge' } } });
  await until(configMaps, live, (found) => found?.data?.size === 'huge');
  await reapply('after');
  await until(configMaps, live, (found) => found?.data?.size === 'large');

  await client.patch(secrets, settings, { stringData: { enabled: 'false' } });
  await until(olderReleases, live, (found) => found === undefined);
  await until(configMaps, live, (found) => found === undefined);
  const claim = await client.get(persistentVolumeClaims, live);
  assert.equal(claim.metadata.deletionTimestamp, undefined);
  await client.patch(secrets, settings, { stringData: { enabled: 'true' } });
  await until(configMaps, live, (found) => found?.data?.title === 'changed');
  assert.equal((await client.get(persistentVolumeClaims, live)).metadata.uid, claim.metadata.uid);
  await until(olderReleases, live, (found) => findCondition(found?.status?.conditions, 'Ready')?.status === 'True');
});

test('a prescription that goes wrong leaves what runs as it is, and the next good one heals it', async (t) => {
  const { client, until, repository } = await setUp(t, 'flux/oas-apps/cloud.yaml');
  const settings = { namespace: 'oas-apps', name: 'cloud-settings' };
  await client.create(secrets, { metadata: settings, stringData: { enabled: 'true', 'values.yaml': 'title: ours' } });
  await until(configMaps, live, (found) => found !== undefined);

  await repository.commit({ 'charts/cloud/templates/all.yaml': 'data: {{ .Values.nosuch.field }}\n' });
  const failed = await until(olderReleases, live, (found) =>
    /nosuch/.test(findCondition(found?.status?.conditions, 'Ready')?.message ?? ''),
  );
  assert.match(findCondition(failed?.status?.conditions, 'Ready')?.message ?? '', /templates\/all\.yaml:1/);
  assert.equal((await client.get(configMaps, live)).data?.version, '1.0.0');
  await repository.commit(chart('1.2.0'));
  await until(configMaps, live, (found) => found?.data?.version === '1.2.0');

  await client.patch(secrets, settings, { stringData: { 'values.yaml': 'title: [' } });
  const broken = await until(olderReleases, live, (found) =>
    /cloud-settings/.test(findCondition(found?.status?.conditions, 'Ready')?.message ?? ''),
  );
  assert.match(findCondition(broken?.status?.conditions, 'Ready')?.message ?? '', /values\.yaml/);
  assert.equal((await client.get(configMaps, live)).data?.title, 'ours');
  await client.patch(secrets, settings, { stringData: { 'values.yaml': 'title: mended' } });
  await until(configMaps, live, (found) => found?.data?.title === 'mended');
});
