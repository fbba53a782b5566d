import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { configMaps, deployments, namespaces, persistentVolumeClaims, secrets } from '@croft/api/kinds';
import { findCondition } from '@croft/controller/conditions';
import { type HelmRelease, helmReleases } from '@croft/gitops/helm-release/types';
import { gitRepositories } from '@croft/gitops/types';
import { createRepository, type TestRepository } from '../support/repository.ts';
import { startWorld, type World } from '../support/world.ts';

const key = { namespace: 'sites', name: 'web' };
const claim =
  '---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\nspec: {accessModes: [ReadWriteOnce], storageClassName: none, volumeName: none, resources: {requests: {storage: 1Mi}}}\n';
const chart = (version: string, more = claim) => ({
  'charts/web/Chart.yaml': `apiVersion: v2\nname: web\nversion: ${version}\nappVersion: "${version}"\n`,
  'charts/web/values.yaml': 'text: default\n',
  'charts/web/templates/all.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {text: {{ .Values.text | quote }}, version: ${version}}\n${more}`,
});
/** Never becomes ready here: nothing turns it into Pods. */
const deployment =
  '---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  selector: {matchLabels: {a: b}}\n  template:\n    metadata: {labels: {a: b}}\n    spec: {containers: [{name: main, image: none}]}\n';

async function setUp(t: TestContext): Promise<{ world: World; repository: TestRepository }> {
  const world = await startWorld(t);
  const repository = await createRepository(world.root);
  await world.client.create(namespaces, { metadata: { name: 'sites' } });
  await world.client.create(gitRepositories, {
    metadata: { namespace: 'croft-system', name: 'catalog' },
    spec: { url: repository.url, interval: '1h', ref: { branch: 'main' } },
  });
  return { world, repository };
}

const release = (spec: Partial<NonNullable<HelmRelease['spec']>> = {}): HelmRelease => ({
  metadata: key,
  spec: {
    interval: '1h',
    install: { disableWait: true },
    upgrade: { remediation: { retries: 0, remediateLastFailure: true } },
    chart: {
      spec: { chart: './charts/web', sourceRef: { kind: 'GitRepository', name: 'catalog', namespace: 'croft-system' } },
    },
    ...spec,
  },
});
const readyOf = (found: HelmRelease | undefined) => findCondition(found?.status?.conditions, 'Ready');
const text = async ({ client }: World) => (await client.find(configMaps, key))?.data;

test('a release follows its chart and the Secret that it reads', async (t) => {
  const { world, repository } = await setUp(t);
  await repository.commit(chart('1.0.0'));
  await world.client.create(secrets, {
    metadata: { namespace: 'sites', name: 'settings' },
    stringData: { 'values.yaml': 'text: one' },
  });
  await world.client.create(
    helmReleases,
    release({ upgrade: { disableWait: true }, valuesFrom: [{ kind: 'Secret', name: 'settings' }] }),
  );
  await world.until(helmReleases, key, (found) => readyOf(found)?.reason === 'InstallSucceeded');
  assert.deepEqual(await text(world), { text: 'one', version: '1.0.0' });
  await world.client.patch(
    secrets,
    { namespace: 'sites', name: 'settings' },
    { stringData: { 'values.yaml': 'text: two' } },
  );
  await world.until(configMaps, key, (found) => found?.data?.text === 'two');
  await repository.commit(chart('2.0.0'));
  const upgraded = await world.until(
    helmReleases,
    key,
    (found) => found?.status?.history?.[0]?.chartVersion === '2.0.0' && readyOf(found)?.status === 'True',
  );
  assert.equal(readyOf(upgraded)?.message, 'Helm upgrade succeeded for release sites/web.v3 with chart web@2.0.0');
});

test('an upgrade that does not become ready is rolled back and says why; the next good push heals it', async (t) => {
  const { world, repository } = await setUp(t);
  await repository.commit(chart('1.0.0'));
  await world.client.create(
    helmReleases,
    release({
      upgrade: { timeout: '1s', remediation: { retries: 0, remediateLastFailure: true } },
      rollback: { disableWait: true },
    }),
  );
  await world.until(helmReleases, key, (found) => readyOf(found)?.status === 'True');
  await repository.commit(chart('2.0.0', deployment));
  const failed = await world.until(
    helmReleases,
    key,
    (found) => findCondition(found?.status?.conditions, 'Stalled')?.status === 'True',
  );
  assert.match(
    readyOf(failed)?.message ?? '',
    /Failed to upgrade after 1 attempt\(s\): .*not ready after 1 s: .*Deployment\/sites\/web/s,
  );
  assert.deepEqual(await text(world), { text: 'default', version: '1.0.0' });
  assert.equal(await world.client.find(deployments, key), undefined);
  await world.client.patch(helmReleases, key, { spec: { upgrade: { disableWait: true } } });
  await repository.commit(chart('3.0.0'));
  const isHealed = (found: HelmRelease | undefined) => found?.status?.history?.[0]?.chartVersion === '3.0.0';
  await world.until(helmReleases, key, (found) => isHealed(found) && readyOf(found)?.status === 'True');
  assert.equal((await text(world))?.version, '3.0.0');
});

test('a template that fails leaves what runs, and names file and line', async (t) => {
  const { world, repository } = await setUp(t);
  await repository.commit(chart('1.0.0'));
  await world.client.create(helmReleases, release());
  await world.until(helmReleases, key, (found) => readyOf(found)?.status === 'True');
  await repository.commit(chart('2.0.0', '---\n{{ fail "no way" }}\n'));
  const failed = await world.until(helmReleases, key, (found) => readyOf(found)?.status === 'False');
  assert.match(readyOf(failed)?.message ?? '', /web\/templates\/all\.yaml:\d+:\d+.*no way/);
  assert.equal((await text(world))?.version, '1.0.0');
});

test('deleting the HelmRelease removes the release, but no claim', async (t) => {
  const { world, repository } = await setUp(t);
  await repository.commit(chart('1.0.0'));
  await world.client.create(helmReleases, release());
  await world.until(helmReleases, key, (found) => readyOf(found)?.status === 'True');
  await world.client.delete(helmReleases, key);
  await world.until(helmReleases, key, (found) => found === undefined);
  assert.equal(await text(world), undefined);
  assert.ok(await world.client.find(persistentVolumeClaims, { namespace: 'sites', name: 'data' }));
  const left = await world.client.list(secrets, { namespace: 'sites', labelSelector: 'owner=helm' });
  assert.deepEqual(
    left.items.map(({ metadata }) => metadata.name),
    [],
  );
});

test('a missing Secret is waited for, not failed', async (t) => {
  const { world, repository } = await setUp(t);
  await repository.commit(chart('1.0.0'));
  await world.client.create(helmReleases, release({ valuesFrom: [{ kind: 'Secret', name: 'later' }] }));
  const waiting = await world.until(helmReleases, key, (found) => readyOf(found)?.reason === 'ValuesError');
  assert.match(
    readyOf(waiting)?.message ?? '',
    /Secret chart values reference 'sites\/later' with key 'values\.yaml': the Secret does not exist/,
  );
  await world.client.create(secrets, {
    metadata: { namespace: 'sites', name: 'later' },
    stringData: { 'values.yaml': 'text: late' },
  });
  await world.until(configMaps, key, (found) => found?.data?.text === 'late');
});

test('a fix ends the wait for a broken version, and so does deleting the release', async (t) => {
  const { world, repository } = await setUp(t);
  await repository.commit(chart('1.0.0', deployment));
  await world.client.create(helmReleases, release({ install: { timeout: '10m' }, upgrade: { timeout: '10m' } }));
  const isWaiting = (found: HelmRelease | undefined) => /Deployment\/sites\/web/.test(readyOf(found)?.message ?? '');
  await world.until(helmReleases, key, isWaiting);
  await repository.commit({ 'other/note.txt': 'a push that does not touch the chart' });
  await repository.commit(chart('2.0.0', ''));
  const healed = await world.until(helmReleases, key, (found) => readyOf(found)?.status === 'True');
  assert.equal(healed?.status?.history?.[0]?.chartVersion, '2.0.0');
  assert.equal(await world.client.find(deployments, key), undefined);
  await repository.commit(chart('3.0.0', deployment));
  await world.until(helmReleases, key, isWaiting);
  await world.client.delete(helmReleases, key);
  await world.until(helmReleases, key, (found) => found === undefined);
  assert.equal(await text(world), undefined);
});
