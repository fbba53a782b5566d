import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { configMaps, namespaces } from '@croft/api/kinds';
import { findCondition } from '@croft/controller/conditions';
import { externalArtifacts } from '@croft/gitops/external-artifact/types';
import { helmCharts } from '@croft/gitops/helm-chart/types';
import { helmReleases } from '@croft/gitops/helm-release/types';
import { helmRepositories } from '@croft/gitops/helm-repository/types';
import { kustomizations } from '@croft/gitops/kustomization/types';
import { ociRepositories } from '@croft/gitops/oci-repository/types';
import { type Artifact, gitRepositories } from '@croft/gitops/types';
import { writeTar } from '@croft/helm/chart/write-tar';
import { pushChart } from '@croft/repository/oci/push-chart';
import { openRegistry } from '@croft/repository/oci/registry';
import { makeChartPackage } from '@croft/repository/testing/chart-package';
import { startTestServer } from '@croft/repository/testing/http-server';
import { startTestRegistry } from '@croft/repository/testing/test-registry';
import { startChartServer } from '../sources/chart-server.ts';
import { createRepository } from '../support/repository.ts';
import { startWorld, type World } from '../support/world.ts';

const key = { namespace: 'sites', name: 'web' };
const interval = '1h';

async function setUp(t: TestContext): Promise<World> {
  const world = await startWorld(t);
  await world.client.create(namespaces, { metadata: { name: 'sites' } });
  return world;
}

async function untilInstalled(world: World, version: string) {
  const found = await world.until(helmReleases, key, ({ status } = {} as never) =>
    Boolean(
      status?.history?.[0]?.chartVersion === version && findCondition(status.conditions, 'Ready')?.status === 'True',
    ),
  );
  return found;
}

const readyOf = (
  object: { status?: { conditions?: { type: string; message?: string; reason?: string }[] } } | undefined,
) => findCondition(object?.status?.conditions, 'Ready');

test('a release of a chart repository, by the HelmChart that is made for it, follows newer versions', async (t) => {
  const world = await setUp(t);
  await using server = await startChartServer(world.root);
  await server.add('web', '1.0.0');
  await world.client.create(helmRepositories, {
    metadata: { namespace: 'sites', name: 'charts' },
    spec: { url: server.url, interval },
  });
  const chart = {
    spec: { chart: 'web', version: '1.x', sourceRef: { kind: 'HelmRepository', name: 'charts' } },
  } as const;
  await world.client.create(helmReleases, { metadata: key, spec: { interval, chart } });
  const release = await untilInstalled(world, '1.0.0');
  assert.equal(release?.status?.helmChart, 'sites/sites-web');
  const object = await world.client.get(helmCharts, { namespace: 'sites', name: 'sites-web' });
  assert.deepEqual(
    [object.spec?.chart, object.spec?.version, object.metadata.labels?.['helm.toolkit.fluxcd.io/name']],
    ['web', '1.x', 'web'],
  );
  await server.add('web', '1.1.0');
  const annotations = { 'reconcile.fluxcd.io/requestedAt': 'now' };
  await world.client.patch(helmRepositories, { namespace: 'sites', name: 'charts' }, { metadata: { annotations } });
  await untilInstalled(world, '1.1.0');
  await world.client.patch(helmReleases, key, { spec: { chart: { spec: { version: '7.x' } } } });
  const waiting = await world.until(helmReleases, key, (found) =>
    /no version that fits/.test(readyOf(found)?.message ?? ''),
  );
  assert.match(readyOf(waiting)?.message ?? '', /HelmChart 'sites\/sites-web' is not ready: .*"7\.x"/);
  assert.ok(await world.client.find(configMaps, key));
  await world.client.delete(helmReleases, key);
  await world.until(helmCharts, { namespace: 'sites', name: 'sites-web' }, (found) => found === undefined);
});

test('a release of a chart in git has a HelmChart beside its source', async (t) => {
  const world = await setUp(t);
  const repository = await createRepository(world.root);
  await repository.commit({
    'web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
    'web/values.yaml': 'text: own\n',
    'prod.yaml': 'text: prod\n',
    'web/templates/a.yaml':
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {text: "{{ .Values.text }}"}\n',
  });
  const source = { namespace: 'croft-system', name: 'catalog' };
  await world.client.create(gitRepositories, {
    metadata: source,
    spec: { url: repository.url, interval, ref: { branch: 'main' } },
  });
  const chart = {
    spec: { chart: './web', valuesFiles: ['prod.yaml'], sourceRef: { kind: 'GitRepository' as const, ...source } },
  };
  await world.client.create(helmReleases, { metadata: key, spec: { interval, chart } });
  await untilInstalled(world, '1.0.0+1');
  assert.equal((await world.client.get(configMaps, key)).data?.text, 'prod');
  const made = await world.until(
    helmCharts,
    { namespace: 'croft-system', name: 'sites-web' },
    (found) => found?.status?.artifact !== undefined,
  );
  assert.equal(made?.status?.artifact?.revision, '1.0.0+1');
});

test('a release of an OCIRepository and of a HelmChart that exist already', async (t) => {
  const world = await setUp(t);
  await using registry = await startTestRegistry();
  const push = async (version: string) => {
    const { chart, archive } = makeChartPackage('web', version);
    return await pushChart(openRegistry(registry.host, {}), 'team', {
      metadata: chart.metadata,
      archive,
      created: '2026-01-01T00:00:00Z',
    });
  };
  const { digest } = await push('1.0.0');
  await world.client.create(ociRepositories, {
    metadata: { namespace: 'sites', name: 'chart' },
    spec: {
      url: `oci://${registry.host}/team/web`,
      interval,
      ref: { semver: '1.x' },
      layerSelector: { mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip', operation: 'copy' },
    },
  });
  await world.client.create(helmReleases, {
    metadata: key,
    spec: { interval, chartRef: { kind: 'OCIRepository', name: 'chart' } },
  });
  await untilInstalled(world, `1.0.0+${digest.slice('sha256:'.length).slice(0, 12)}`);
  assert.deepEqual((await world.client.list(helmCharts)).items, []);
  await world.client.create(helmRepositories, {
    metadata: { namespace: 'sites', name: 'oci' },
    spec: { url: `oci://${registry.host}/team`, type: 'oci' },
  });
  await push('2.0.0');
  const spec = { chart: 'web', version: '2.x', interval, sourceRef: { kind: 'HelmRepository', name: 'oci' } } as const;
  await world.client.create(helmCharts, { metadata: { namespace: 'sites', name: 'own' }, spec });
  await world.client.patch(helmReleases, key, { spec: { chartRef: { kind: 'HelmChart', name: 'own' } } });
  await untilInstalled(world, '2.0.0');
});

test('a Kustomization of an artifact that somebody else serves; a damaged one is refused', async (t) => {
  const world = await setUp(t);
  const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: outside, namespace: sites}\ndata: {a: "1"}\n';
  const tarball = gzipSync(writeTar([{ name: 'deploy/a.yaml', data: Buffer.from(text) }], 0));
  await using server = await startTestServer((_request, response) => response.end(tarball));
  const url = `${server.url}/a.tar.gz`;
  const digest = `sha256:${createHash('sha256').update(tarball).digest('hex')}`;
  const artifact = (revision: string, named: string): Artifact => ({
    path: 'somewhere/else.tar.gz',
    url,
    revision,
    digest: named,
    size: tarball.length,
    lastUpdateTime: '2026-01-01T00:00:00Z',
  });
  const source = { namespace: 'sites', name: 'outside' };
  await world.client.create(externalArtifacts, { metadata: source });
  const give = (given: Artifact) =>
    world.client.patch(externalArtifacts, source, { status: { artifact: given } }, { subresource: 'status' });
  await give(artifact('v1', `sha256:${'0'.repeat(64)}`));
  await world.client.create(kustomizations, {
    metadata: source,
    spec: { interval, prune: true, path: './deploy', sourceRef: { kind: 'ExternalArtifact', name: 'outside' } },
  });
  const refused = await world.until(kustomizations, source, (found) => /digest/.test(readyOf(found)?.message ?? ''));
  assert.match(readyOf(refused)?.message ?? '', /has digest sha256:[0-9a-f]{64}, but sha256:0{64} is expected/);
  await give(artifact('v2', digest));
  await world.until(configMaps, { namespace: 'sites', name: 'outside' }, (found) => found?.data?.a === '1');
});
