import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { configMaps, customResourceDefinitions, jobs, namespaces } from '@croft/api/kinds';
import type { CustomResourceDefinition } from '@croft/api/types';
import { findCondition } from '@croft/controller/conditions';
import { type HelmRelease, type HelmReleaseSpec, helmReleases } from '@croft/gitops/helm-release/types';
import { gitRepositories } from '@croft/gitops/types';
import { createRepository, type TestRepository } from '../support/repository.ts';
import { startWorld, type World } from '../support/world.ts';

const key = { namespace: 'sites', name: 'web' };
const readyOf = (found: HelmRelease | undefined) => findCondition(found?.status?.conditions, 'Ready');
const messageOf = (found: HelmRelease | undefined) => readyOf(found)?.message ?? '';
const hasFailed = (found: HelmRelease | undefined) => readyOf(found)?.status === 'False';

const chart = (version: string, more = '') => ({
  'chart/Chart.yaml': `apiVersion: v2\nname: web\nversion: ${version}\n`,
  'chart/templates/all.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {version: "${version}"}\n${more}`,
});
/** Nothing runs Jobs here: it hangs. */
const hangingHook =
  '---\napiVersion: batch/v1\nkind: Job\nmetadata: {name: migrate, annotations: {helm.sh/hook: pre-upgrade, helm.sh/hook-delete-policy: "before-hook-creation,hook-failed"}}\nspec: {template: {spec: {restartPolicy: Never, containers: [{name: main, image: none}]}}}\n';
const refused = '---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: Bad_Name}\n';
const widget = '---\napiVersion: example.org/v1\nkind: Widget\nmetadata: {name: w}\n';
const schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
const widgets = {
  metadata: { name: 'widgets.example.org' },
  spec: {
    group: 'example.org',
    scope: 'Namespaced',
    names: { kind: 'Widget', plural: 'widgets', singular: 'widget', listKind: 'WidgetList' },
    versions: [
      { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema }, subresources: { status: {} } },
    ],
  },
} as unknown as CustomResourceDefinition;

interface Site {
  world: World;
  repository: TestRepository;
  version(): Promise<string | undefined>;
  /** Waits until this version is installed and Ready. */
  installed(version: string): Promise<unknown>;
}

async function startSite(t: TestContext, spec: Partial<HelmReleaseSpec> = {}): Promise<Site> {
  const world = await startWorld(t);
  const { client } = world;
  const repository = await createRepository(world.root);
  await repository.commit(chart('1.0.0'));
  await client.create(namespaces, { metadata: { name: 'sites' } });
  const source = { url: repository.url, interval: '1h', ref: { branch: 'main' } };
  await client.create(gitRepositories, { metadata: { namespace: 'sites', name: 'source' }, spec: source });
  const sourceRef = { kind: 'GitRepository', name: 'source' } as const;
  await client.create(helmReleases, {
    metadata: key,
    spec: { interval: '1h', chart: { spec: { chart: './chart', sourceRef } }, ...spec },
  });
  const installed = (version: string) =>
    world.until(
      helmReleases,
      key,
      (found) => readyOf(found)?.status === 'True' && found?.status?.history?.[0]?.chartVersion === version,
    );
  await installed('1.0.0');
  return { world, repository, installed, version: async () => (await client.get(configMaps, key)).data?.version };
}

test('a hook that hangs ends with its time limit; what runs stays, and the next push heals', async (t) => {
  const { world, repository, version, installed } = await startSite(t, { upgrade: { timeout: '500ms' } });
  await repository.commit(chart('2.0.0', hangingHook));
  const failed = await world.until(helmReleases, key, hasFailed);
  assert.match(messageOf(failed), /Failed to upgrade .*pre-upgrade.*Job\/sites\/migrate/s);
  assert.equal(await version(), '1.0.0');
  assert.equal(await world.client.find(jobs, { namespace: 'sites', name: 'migrate' }), undefined);
  await repository.commit(chart('2.0.1'));
  await installed('2.0.1');
});

test('an object that the API refuses fails the upgrade, which is rolled back', async (t) => {
  const { world, repository, version, installed } = await startSite(t, {
    upgrade: { remediation: { retries: 0, remediateLastFailure: true } },
  });
  await repository.commit(chart('2.0.0', refused));
  const failed = await world.until(helmReleases, key, hasFailed);
  assert.match(messageOf(failed), /Bad_Name/);
  await world.until(helmReleases, key, (found) => found?.status?.history?.[0]?.chartVersion === '1.0.0');
  assert.equal(await version(), '1.0.0');
  await repository.commit(chart('2.0.1'));
  await installed('2.0.1');
});

test('a kind that the API does not serve yet is waited for', async (t) => {
  const rule = { apiVersion: 'example.org/v1', kind: 'Widget', current: "status.phase == 'Running'" };
  const { world, repository, version, installed } = await startSite(t, { healthCheckExprs: [rule] });
  const { client } = world;
  await repository.commit(chart('2.0.0', widget));
  const failed = await world.until(helmReleases, key, hasFailed);
  assert.match(
    messageOf(failed),
    /no matches for kind "Widget" in version "example\.org\/v1".*ensure CRDs are installed first/s,
  );
  assert.equal(await version(), '1.0.0');
  await client.create(customResourceDefinitions, widgets);
  const kind = { group: 'example.org', version: 'v1', kind: 'Widget', plural: 'widgets', namespaced: true };
  const name = { namespace: 'sites', name: 'w' };
  await world.until(kind, name, (found) => found !== undefined);
  assert.notEqual(readyOf(await client.get(helmReleases, key))?.status, 'True', 'its health is waited for');
  await client.patch(kind, name, { status: { phase: 'Running' } }, { subresource: 'status' });
  await installed('2.0.0');
});

test('values that cannot be read leave what runs, and name where they are from', async (t) => {
  const { world, version } = await startSite(t);
  const { client } = world;
  await client.create(configMaps, {
    metadata: { namespace: 'sites', name: 'values' },
    data: { 'values.yaml': 'a: [' },
  });
  await client.patch(helmReleases, key, { spec: { valuesFrom: [{ kind: 'ConfigMap', name: 'values' }] } });
  const failed = await world.until(helmReleases, key, hasFailed);
  assert.match(
    messageOf(failed),
    /ConfigMap chart values reference 'sites\/values' with key 'values\.yaml': it is not YAML/,
  );
  assert.equal(await version(), '1.0.0');
  await client.patch(configMaps, { namespace: 'sites', name: 'values' }, { data: { 'values.yaml': 'a: b' } });
  const healed = await world.until(helmReleases, key, (found) => readyOf(found)?.status === 'True');
  assert.equal(healed?.status?.history?.[0]?.version, 2);
});

test('an expression that is no CEL waits for a person', async (t) => {
  const { world, version } = await startSite(t);
  const rule = { apiVersion: 'v1', kind: 'ConfigMap', current: 'data.(' };
  await world.client.patch(helmReleases, key, { spec: { healthCheckExprs: [rule] } });
  const stalled = await world.until(
    helmReleases,
    key,
    (found) => findCondition(found?.status?.conditions, 'Stalled')?.reason === 'InvalidCELExpression',
  );
  assert.match(
    messageOf(stalled),
    /spec\.healthCheckExprs\[0\]\.current: the CEL expression 'data\.\(' cannot be read/,
  );
  assert.equal(await version(), '1.0.0');
});
