import assert from 'node:assert/strict';
import { test } from 'node:test';
import { helmCharts } from '@croft/gitops/helm-chart/types';
import { helmRepositories } from '@croft/gitops/helm-repository/types';
import { type Artifact, gitRepositories } from '@croft/gitops/types';
import { readChart } from '@croft/helm/chart/load';
import { pushChart } from '@croft/repository/oci/push-chart';
import { openRegistry } from '@croft/repository/oci/registry';
import { makeChartPackage } from '@croft/repository/testing/chart-package';
import { startTestRegistry } from '@croft/repository/testing/test-registry';
import { createRepository } from '../support/repository.ts';
import { startChartServer } from './chart-server.ts';
import { conditionOf, readyOf, type SourceWorld, startSourceWorld } from './world.ts';

const interval = '1h';
const ref = { branch: 'main' };
const inGit = { kind: 'GitRepository', name: 'app' } as const;
const inCharts = { kind: 'HelmRepository', name: 'charts' } as const;

const chartFiles = (version: string, more = '') => ({
  'charts/web/Chart.yaml': `apiVersion: v2\nname: web\nversion: ${version}\n${more}`,
  'charts/web/values.yaml': 'size: 1\nname: web\n',
  'charts/web/templates/map.yaml': 'kind: ConfigMap\n',
});

async function loadChart(world: SourceWorld, artifact: Artifact | undefined) {
  assert.ok(artifact);
  return await readChart(await world.artifacts.openFile(artifact));
}

async function startWithGit(world: SourceWorld, files: Record<string, string>) {
  const repository = await createRepository(world.root);
  await repository.commit(files);
  await world.createReady(gitRepositories, 'app', { url: repository.url, interval, ref });
  return repository;
}

test('a chart of a repository by range; a newer version in the index follows', async (t) => {
  const world = await startSourceWorld(t);
  await using server = await startChartServer(world.root);
  await server.add('web', '1.0.0');
  await server.add('web', '1.2.0');
  await server.add('web', '2.0.0-rc.1');
  await world.createReady(helmRepositories, 'charts', { url: server.url, interval });
  const first = await world.createReady(helmCharts, 'web', {
    chart: 'web',
    version: '1.x',
    sourceRef: inCharts,
    interval,
  });
  assert.deepEqual(
    [
      first.status?.artifact?.revision,
      first.status?.observedChartName,
      readyOf(first)?.reason,
      readyOf(first)?.message,
    ],
    ['1.2.0', 'web', 'ChartPullSucceeded', "pulled 'web' chart with version '1.2.0'"],
  );
  assert.equal((await loadChart(world, first.status?.artifact)).metadata.version, '1.2.0');
  await server.add('web', '1.3.0');
  await world.change(helmRepositories, 'charts', {}, 'True');
  await world.until(helmCharts, 'web', (object) => object?.status?.artifact?.revision === '1.3.0');
});

test('a chart and a version that are not there are told; the last chart stays', async (t) => {
  const world = await startSourceWorld(t);
  await using server = await startChartServer(world.root);
  await server.add('web', '1.0.0');
  await world.createReady(helmRepositories, 'charts', { url: server.url, interval });
  const good = await world.createReady(helmCharts, 'web', { chart: 'web', sourceRef: inCharts, interval });
  const none = await world.change(helmCharts, 'web', { version: '9.x' }, 'False');
  assert.deepEqual(
    [readyOf(none)?.reason, conditionOf(none, 'Stalled')?.status, conditionOf(none, 'FetchFailed')?.status],
    ['InvalidChartReference', 'True', 'True'],
  );
  assert.match(readyOf(none)?.message ?? '', /chart "web" has no version that fits "9\.x"/);
  assert.deepEqual(none.status?.artifact, good.status?.artifact);
  await world.change(helmCharts, 'web', { version: '1.x' }, 'True');
});

test('a chart in git is packaged, by its version or by each revision', async (t) => {
  const world = await startSourceWorld(t);
  const repository = await startWithGit(world, chartFiles('1.0.0'));
  const spec = { chart: './charts/web', sourceRef: inGit, interval };
  const first = await world.createReady(helmCharts, 'web', spec);
  assert.deepEqual(
    [first.status?.artifact?.revision, readyOf(first)?.message],
    ['1.0.0', "packaged 'web' chart with version '1.0.0'"],
  );
  await world.createReady(helmCharts, 'each', { ...spec, reconcileStrategy: 'Revision' });
  const commit = await repository.commit({ 'charts/web/templates/map.yaml': 'kind: Secret\n' });
  const each = await world.until(
    helmCharts,
    'each',
    (object) => object?.status?.artifact?.revision === `1.0.0+${commit.slice(0, 12)}`,
  );
  assert.equal((await loadChart(world, each.status?.artifact)).metadata.version, `1.0.0+${commit.slice(0, 12)}`);
  const unchanged = await world.until(helmCharts, 'web', (object) =>
    object?.status?.observedSourceArtifactRevision?.endsWith(commit),
  );
  assert.deepEqual(unchanged.status?.artifact, first.status?.artifact);
  await repository.commit(chartFiles('1.1.0'));
  await world.until(helmCharts, 'web', (object) => object?.status?.artifact?.revision === '1.1.0');
});

test("values files take the place of the chart's values; a missing one fails unless that is allowed", async (t) => {
  const world = await startSourceWorld(t);
  await startWithGit(world, { ...chartFiles('1.0.0'), 'values/prod.yaml': 'size: 3\n' });
  const spec = { chart: 'charts/web', sourceRef: inGit, interval, valuesFiles: ['values/prod.yaml'] };
  const first = await world.createReady(helmCharts, 'web', spec);
  assert.equal(first.status?.artifact?.revision, '1.0.0+1');
  assert.deepEqual([...((await loadChart(world, first.status?.artifact)).values ?? [])], [['size', 3]]);
  const valuesFiles = ['charts/web/values.yaml', 'values/none.yaml', 'values/prod.yaml'];
  const failed = await world.change(helmCharts, 'web', { valuesFiles }, 'False');
  assert.equal(conditionOf(failed, 'BuildFailed')?.reason, 'ValuesFilesError');
  assert.match(readyOf(failed)?.message ?? '', /no values file found at path 'values\/none\.yaml'/);
  assert.deepEqual(failed.status?.artifact, first.status?.artifact);
  const healed = await world.change(helmCharts, 'web', { ignoreMissingValuesFiles: true }, 'True');
  assert.deepEqual(healed.status?.observedValuesFiles, ['charts/web/values.yaml', 'values/prod.yaml']);
  const { values } = await loadChart(world, healed.status?.artifact);
  assert.deepEqual([values?.get('size'), values?.get('name')], [3, 'web']);
});

test('dependencies that the folder lacks are fetched: beside it, from a repository, from a registry', async (t) => {
  const world = await startSourceWorld(t);
  await using server = await startChartServer(world.root);
  await server.add('remote', '1.4.0');
  await using registry = await startTestRegistry();
  const packed = makeChartPackage('pushed', '2.1.0');
  await pushChart(openRegistry(registry.host, {}), 'team', {
    metadata: packed.chart.metadata,
    archive: packed.archive,
    created: '2026-01-01T00:00:00Z',
  });
  const dependencies = [
    '{name: common, version: 0.x, repository: "file://../common"}',
    `{name: remote, version: ~1.4.0, repository: "${server.url}"}`,
    `{name: pushed, version: ^2.0.0, repository: "oci://${registry.host}/team"}`,
  ];
  const repository = await startWithGit(world, {
    ...chartFiles('1.0.0', `dependencies: [${dependencies.join(', ')}]\n`),
    'charts/common/Chart.yaml': 'apiVersion: v2\nname: common\nversion: 0.1.0\n',
  });
  const found = await world.createReady(helmCharts, 'web', { chart: 'charts/web', sourceRef: inGit, interval });
  const chart = await loadChart(world, found.status?.artifact);
  assert.deepEqual(
    chart.dependencies.map(({ metadata }) => `${metadata.name} ${metadata.version}`),
    ['common 0.1.0', 'remote 1.4.0', 'pushed 2.1.0'],
  );
  await repository.commit(
    chartFiles('1.1.0', 'dependencies: [{name: lost, version: 1.x, repository: "file://../lost"}]\n'),
  );
  const failed = await world.until(helmCharts, 'web', (object) => readyOf(object)?.status === 'False');
  assert.equal(conditionOf(failed, 'BuildFailed')?.reason, 'DependencyBuildError');
  assert.match(readyOf(failed)?.message ?? '', /the dependency lost is not at file:\/\/\.\.\/lost \(charts\/lost\)/);
  assert.deepEqual(failed.status?.artifact, found.status?.artifact);
});

test('a chart of a registry with a password', async (t) => {
  const world = await startSourceWorld(t);
  const user = { username: 'me', password: 'right' };
  await using registry = await startTestRegistry({ user });
  const push = async (version: string) => {
    const { chart, archive } = makeChartPackage('web', version);
    await pushChart(openRegistry(registry.host, { credentials: user }), 'team', {
      metadata: chart.metadata,
      archive,
      created: '2026-01-01T00:00:00Z',
    });
  };
  await push('1.0.0');
  await push('1.1.0+build.5');
  const auths = { [registry.host]: { auth: Buffer.from('me:right').toString('base64') } };
  await world.createSecret(
    'pull',
    { '.dockerconfigjson': JSON.stringify({ auths }) },
    'kubernetes.io/dockerconfigjson',
  );
  const url = `oci://${registry.host}/team`;
  await world.createReady(helmRepositories, 'charts', { url, type: 'oci', interval, secretRef: { name: 'pull' } });
  const found = await world.createReady(helmCharts, 'web', {
    chart: 'web',
    version: '>=1.0.0',
    sourceRef: inCharts,
    interval,
  });
  assert.equal(found.status?.artifact?.revision, '1.1.0+build.5');
  assert.equal((await loadChart(world, found.status?.artifact)).metadata.version, '1.1.0+build.5');
});

test('a signature that cannot be checked is refused, not passed over', async (t) => {
  const world = await startSourceWorld(t);
  await using server = await startChartServer(world.root);
  await server.add('web', '1.0.0');
  await world.createReady(helmRepositories, 'charts', { url: server.url, interval });
  const spec = { chart: 'web', sourceRef: inCharts, interval, verify: { provider: 'cosign' } };
  await world.client.create(helmCharts, { metadata: { namespace: 'apps', name: 'web' }, spec });
  const refused = await world.until(helmCharts, 'web', (object) => readyOf(object)?.status === 'False');
  assert.deepEqual([readyOf(refused)?.reason, refused.status?.artifact], ['VerificationError', undefined]);
  assert.equal(conditionOf(refused, 'SourceVerified')?.status, 'False');
});

test('a source that does not exist yet is waited for', async (t) => {
  const world = await startSourceWorld(t);
  await using server = await startChartServer(world.root);
  await server.add('web', '1.0.0');
  const spec = { chart: 'web', sourceRef: inCharts, interval };
  await world.client.create(helmCharts, { metadata: { namespace: 'apps', name: 'web' }, spec });
  const waiting = await world.until(helmCharts, 'web', (object) => readyOf(object)?.reason === 'SourceUnavailable');
  assert.match(readyOf(waiting)?.message ?? '', /HelmRepository\/apps\/charts does not exist/);
  await world.createReady(helmRepositories, 'charts', { url: server.url, interval });
  await world.until(helmCharts, 'web', (object) => readyOf(object)?.status === 'True');
});
