import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { defineKind } from '@croft/api/kind';
import { configMaps, namespaces } from '@croft/api/kinds';
import type { ObjectKey, UnknownObject } from '@croft/api/object';
import { findCondition } from '@croft/controller/conditions';
import { type HelmRelease, helmReleases } from '@croft/gitops/helm-release/types';
import { type Kustomization, kustomizations } from '@croft/gitops/kustomization/types';
import { gitRepositories } from '@croft/gitops/types';
import { createRepository, type TestRepository } from '../support/repository.ts';
import { startWorld, type World } from '../support/world.ts';

/*
 * The layout of fluxcd/flux2-kustomize-helm-example: a folder for each cluster, whose Kustomizations apply infrastructure
 * and then applications, these with a base and an overlay for each cluster. The charts lie in the same repository.
 */
const flux = 'flux-system';
const issuers = defineKind<UnknownObject>('certs.example.org/v1', 'Issuer', 'issuers', 'Cluster');
const sourceRef = 'sourceRef: {kind: GitRepository, name: flux-system, namespace: flux-system}';

const kustomization = (name: string, path: string, more = '') => `
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: ${name}, namespace: flux-system}
spec:
  interval: 1h
  retryInterval: 1h
  timeout: 2m
  prune: true
  wait: true
  path: ${path}
  sourceRef: {kind: GitRepository, name: flux-system}
${more}`;

const release = (name: string, chart: string, more = '') => `
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: ${name}}
spec:
  interval: 1h
  driftDetection: {mode: enabled}
  install: {timeout: 20s, remediation: {retries: 3}}
  upgrade: {timeout: 700ms, remediation: {retries: 0, remediateLastFailure: true}}
  rollback: {disableWait: true}
  chart: {spec: {chart: ./charts/${chart}, ${sourceRef}}}
${more}`;

const chart = (name: string, version: string, template: string) => ({
  [`charts/${name}/Chart.yaml`]: `apiVersion: v2\nname: ${name}\nversion: ${version}\n`,
  [`charts/${name}/templates/all.yaml`]: template,
});

const podinfo = (version: string, more = '') =>
  chart(
    'podinfo',
    version,
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: podinfo}\ndata: {version: "${version}", host: {{ .Values.host }}, replicas: {{ .Values.replicas | quote }}}\n${more}`,
  );
/** Nothing makes it ready here. */
const neverReady =
  '---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: podinfo}\nspec:\n  selector: {matchLabels: {a: b}}\n  template:\n    metadata: {labels: {a: b}}\n    spec: {containers: [{name: main, image: none}]}\n';

const definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: issuers.certs.example.org}
spec:
  group: certs.example.org
  scope: Cluster
  names: {kind: Issuer, listKind: IssuerList, plural: issuers, singular: issuer}
  versions:
  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}
`;

const layout = {
  'clusters/production/infrastructure.yaml': [
    kustomization('infra-controllers', './infrastructure/controllers'),
    kustomization(
      'infra-configs',
      './infrastructure/configs',
      '  dependsOn: [{name: infra-controllers}]\n  postBuild: {substituteFrom: [{kind: ConfigMap, name: cluster-vars}]}\n',
    ),
  ].join('---'),
  'clusters/production/apps.yaml': kustomization(
    'apps',
    './apps/production',
    '  dependsOn: [{name: infra-configs}]\n  postBuild: {substitute: {replicas: "2"}, substituteFrom: [{kind: ConfigMap, name: cluster-vars}]}\n',
  ),
  'infrastructure/controllers/certs.yaml': `apiVersion: v1\nkind: Namespace\nmetadata: {name: certs}\n---${release('certs', 'certs', '  targetNamespace: certs\n').replace('{name: certs}', '{name: certs, namespace: certs}')}`,
  'infrastructure/configs/issuer.yaml':
    'apiVersion: certs.example.org/v1\nkind: Issuer\nmetadata: {name: letsencrypt}\nspec: {email: "admin@${domain}", server: "${server:=https://acme.example.org}"}\n',
  'apps/base/podinfo/kustomization.yaml':
    'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nnamespace: podinfo\nresources: [namespace.yaml, release.yaml]\n',
  'apps/base/podinfo/namespace.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: {name: podinfo}\n',
  'apps/base/podinfo/release.yaml': release(
    'podinfo',
    'podinfo',
    '  releaseName: podinfo\n  valuesFrom: [{kind: ConfigMap, name: podinfo-values, optional: true}]\n  values: {host: base}\n',
  ),
  'apps/production/kustomization.yaml':
    'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [../base/podinfo]\npatches:\n- path: podinfo-values.yaml\nconfigMapGenerator:\n- name: podinfo-values\n  namespace: podinfo\n  files: [values.yaml]\n  options: {disableNameSuffixHash: true}\n',
  'apps/production/podinfo-values.yaml':
    'apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: podinfo, namespace: podinfo}\nspec:\n  values: {host: "podinfo.${domain}"}\n',
  'apps/production/values.yaml': 'replicas: ${replicas}\n',
  ...chart('certs', '1.0.0', definition),
  ...podinfo('1.0.0'),
};

const conditionOf = (found: Kustomization | HelmRelease | undefined, type = 'Ready') =>
  findCondition(found?.status?.conditions, type);
const isReady = (found: Kustomization | HelmRelease | undefined) => conditionOf(found)?.status === 'True';

interface Cluster {
  world: World;
  repository: TestRepository;
  follow(name: string, commit: string): Promise<unknown>;
  podinfo(): Promise<Record<string, string> | undefined>;
}

const root = { namespace: flux, name: flux };
const app: ObjectKey = { namespace: 'podinfo', name: 'podinfo' };

async function startCluster(t: TestContext): Promise<Cluster> {
  const world = await startWorld(t);
  const { client } = world;
  const repository = await createRepository(world.root);
  await repository.commit(layout);
  await client.create(namespaces, { metadata: { name: flux } });
  await client.create(configMaps, {
    metadata: { namespace: flux, name: 'cluster-vars' },
    data: { domain: 'example.com' },
  });
  await client.create(gitRepositories, {
    metadata: root,
    spec: { url: repository.url, interval: '1h', ref: { branch: 'main' } },
  });
  await client.create(kustomizations, {
    metadata: root,
    spec: {
      interval: '1h',
      prune: true,
      path: './clusters/production',
      sourceRef: { kind: 'GitRepository', name: flux },
    },
  });
  await world.until(kustomizations, { namespace: flux, name: 'apps' }, isReady);
  return {
    world,
    repository,
    follow: async (name, commit) =>
      await world.until(
        kustomizations,
        { namespace: flux, name },
        (found) => isReady(found) && found?.status?.lastAppliedRevision?.endsWith(commit) === true,
      ),
    podinfo: async () => (await client.find(configMaps, app))?.data,
  };
}

const ask = ({ client }: World, key: ObjectKey, kind: typeof helmReleases | typeof kustomizations) =>
  client.patch(kind as typeof kustomizations, key, {
    metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': String(process.hrtime.bigint()) } },
  });

test('a cluster follows its folder: infrastructure first, then applications with their overlay', async (t) => {
  const { world, repository, follow, podinfo: read } = await startCluster(t);
  const { client } = world;
  assert.deepEqual(await read(), { version: '1.0.0', host: 'podinfo.example.com', replicas: '2' });
  assert.deepEqual((await client.get(issuers, { name: 'letsencrypt' })).spec, {
    email: 'admin@example.com',
    server: 'https://acme.example.org',
  });
  const order = ['infra-controllers', 'infra-configs', 'apps'].map(async (name) => {
    const found = await client.get(kustomizations, { namespace: flux, name });
    return conditionOf(found)?.lastTransitionTime ?? '';
  });
  const times = await Promise.all(order);
  assert.deepEqual(times, times.toSorted());

  const upgrade = await repository.commit({ ...podinfo('1.1.0'), 'apps/production/values.yaml': 'replicas: 3\n' });
  await follow('apps', upgrade);
  await world.until(configMaps, app, (found) => found?.data?.version === '1.1.0' && found.data.replicas === '3');
  await client.patch(configMaps, { namespace: flux, name: 'cluster-vars' }, { data: { domain: 'example.net' } });
  await world.until(configMaps, app, (found) => found?.data?.host === 'podinfo.example.net');
});

test('an upgrade that fails is rolled back and told of up to the Kustomization; the next push heals both', async (t) => {
  const { world, repository, follow, podinfo: read } = await startCluster(t);
  const broken = await repository.commit(podinfo('2.0.0', neverReady));
  const stalled = await world.until(helmReleases, app, (found) => conditionOf(found, 'Stalled')?.status === 'True');
  assert.match(
    conditionOf(stalled)?.message ?? '',
    /Failed to upgrade after 1 attempt\(s\).*succeeded; before: Helm upgrade failed .*Deployment\/podinfo\/podinfo/s,
  );
  assert.deepEqual(await read(), { version: '1.0.0', host: 'podinfo.example.com', replicas: '2' });
  const apps = { namespace: flux, name: 'apps' };
  await ask(world, apps, kustomizations);
  const unhealthy = await world.until(
    kustomizations,
    apps,
    (found) => conditionOf(found)?.reason === 'HealthCheckFailed',
  );
  assert.match(conditionOf(unhealthy)?.message ?? '', /HelmRelease\/podinfo\/podinfo: Failed to upgrade/);
  assert.ok(!conditionOf(unhealthy)?.message?.includes(broken), 'what is wrong is the release, not the commit');
  await follow('apps', await repository.commit(podinfo('2.0.1')));
  await world.until(configMaps, app, (found) => found?.data?.version === '2.0.1');
});

test('drift is put right at both levels, and nothing moves while it is suspended', async (t) => {
  const { world, repository, follow, podinfo: read } = await startCluster(t);
  const { client } = world;
  await client.patch(configMaps, app, { data: { host: 'by hand' } });
  await ask(world, app, helmReleases);
  await world.until(configMaps, app, (found) => found?.data?.host === 'podinfo.example.com');
  const apps = { namespace: flux, name: 'apps' };
  await client.patch(helmReleases, app, { spec: { values: { host: 'by hand' } } });
  await world.until(configMaps, app, (found) => found?.data?.host === 'by hand');
  await ask(world, apps, kustomizations);
  await world.until(configMaps, app, (found) => found?.data?.host === 'podinfo.example.com');

  await client.patch(kustomizations, apps, { spec: { suspend: true } });
  const commit = await repository.commit({ 'apps/production/values.yaml': 'replicas: 9\n' });
  await follow('infra-configs', commit);
  assert.equal((await read())?.replicas, '2');
  await client.patch(kustomizations, apps, { spec: { suspend: false } });
  await world.until(configMaps, app, (found) => found?.data?.replicas === '9');
});

test('what leaves the repository leaves the cluster, and the cluster folder takes all with it', async (t) => {
  const { world, repository, follow } = await startCluster(t);
  const { client } = world;
  const empty = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [note.yaml]\n';
  const note = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: note, namespace: flux-system}\n';
  const commit = await repository.commit({
    'apps/production/kustomization.yaml': empty,
    'apps/production/note.yaml': note,
  });
  await follow('apps', commit);
  await world.until(helmReleases, app, (found) => found === undefined);
  assert.equal(await client.find(configMaps, app), undefined, 'the release was uninstalled');
  await client.delete(kustomizations, root);
  for (const name of ['apps', 'infra-configs', 'infra-controllers'])
    await world.until(kustomizations, { namespace: flux, name }, (found) => found === undefined);
  assert.equal(await client.find(configMaps, { namespace: flux, name: 'note' }), undefined);
  assert.ok(await client.find(namespaces, { name: flux }));
});
