import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { configMaps, namespaces, secrets, serviceAccounts } from '@croft/api/kinds';
import { findCondition } from '@croft/controller/conditions';
import { type HelmRelease, type HelmReleaseSpec, helmReleases } from '@croft/gitops/helm-release/types';
import { gitRepositories } from '@croft/gitops/types';
import { readHistory, updateRecord } from '@croft/release/record-store';
import { withStatus } from '@croft/release/release-context';
import { createRepository, type TestRepository } from '../support/repository.ts';
import { startWorld, type World } from '../support/world.ts';

const key = { namespace: 'sites', name: 'web' };
const conditionOf = (found: HelmRelease | undefined, type = 'Ready') => findCondition(found?.status?.conditions, type);
const messageOf = (found: HelmRelease | undefined) => conditionOf(found)?.message ?? '';
const isReady = (found: HelmRelease | undefined) =>
  conditionOf(found)?.status === 'True' && found?.status?.observedGeneration === found?.metadata?.generation;
const isStalled = (found: HelmRelease | undefined) => conditionOf(found, 'Stalled')?.status === 'True';

/** A chart of one ConfigMap, whose data are all values; a Deployment comes with `broken` and never becomes ready here. */
const chart = (version: string, more = '') => ({
  'charts/web/Chart.yaml': `apiVersion: v2\nname: web\nversion: ${version}\n`,
  'charts/web/values.yaml': 'text: default\n',
  'charts/web/templates/all.yaml': `apiVersion: v1
kind: ConfigMap
metadata: {name: web, labels: {app: web}}
data: {version: "${version}", values: {{ .Values | toJson | quote }}}
{{ if .Values.broken }}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {a: b}}
  template:
    metadata: {labels: {a: b}}
    spec: {containers: [{name: main, image: none}]}
{{ end }}
${more}`,
});
const testHook = (name: string) =>
  `---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, annotations: {helm.sh/hook: test}}\n`;

interface Site {
  world: World;
  repository: TestRepository;
  set(spec: Partial<HelmReleaseSpec>): Promise<unknown>;
  annotate(annotations: Record<string, string>): Promise<unknown>;
  data(namespace?: string): Promise<Record<string, string>>;
}

async function startSite(t: TestContext, spec: Partial<HelmReleaseSpec>, files = chart('1.0.0')): Promise<Site> {
  const world = await startWorld(t);
  const repository = await createRepository(world.root);
  await repository.commit(files);
  const { client } = world;
  await client.create(namespaces, { metadata: { name: 'sites' } });
  await client.create(gitRepositories, {
    metadata: { namespace: 'sites', name: 'catalog' },
    spec: { url: repository.url, interval: '1h', ref: { branch: 'main' } },
  });
  const sourceRef = { kind: 'GitRepository', name: 'catalog' } as const;
  await client.create(helmReleases, {
    metadata: key,
    spec: { interval: '1h', chart: { spec: { chart: './charts/web', sourceRef } }, ...spec },
  });
  return {
    world,
    repository,
    set: (fields) => client.patch(helmReleases, key, { spec: fields }),
    annotate: (annotations) => client.patch(helmReleases, key, { metadata: { annotations } }),
    data: async (namespace = 'sites') => (await client.get(configMaps, { namespace, name: 'web' })).data ?? {},
  };
}

test('values come from references in their order, at paths and as they stand', async (t) => {
  const { world, data } = await startSite(t, {
    values: { own: { a: 1 }, text: 'inline' },
    valuesFrom: [
      { kind: 'ConfigMap', name: 'base' },
      { kind: 'Secret', name: 'token', valuesKey: 'token', targetPath: 'auth.token' },
      { kind: 'Secret', name: 'token', valuesKey: 'port', targetPath: 'auth.ports[0]' },
      { kind: 'Secret', name: 'token', valuesKey: 'raw', targetPath: 'auth.raw', literal: true },
      { kind: 'ConfigMap', name: 'nowhere', optional: true },
    ],
  });
  const { client } = world;
  await client.create(configMaps, {
    metadata: { namespace: 'sites', name: 'base' },
    data: { 'values.yaml': 'text: base\nown: {b: 2}\nport: 1.0\n' },
  });
  await client.create(secrets, {
    metadata: { namespace: 'sites', name: 'token' },
    stringData: { token: "'0123'", port: '8080', raw: 'a=1,{b}' },
  });
  await world.until(helmReleases, key, isReady);
  assert.deepEqual(JSON.parse((await data()).values ?? ''), {
    auth: { token: '0123', ports: [8080], raw: 'a=1,{b}' },
    own: { a: 1, b: 2 },
    port: 1,
    text: 'inline',
  });
});

test('names, namespaces and labels are those of helm-controller; another name replaces the release', async (t) => {
  const { world, set, data } = await startSite(t, {
    targetNamespace: 'apps',
    install: { createNamespace: true },
    commonMetadata: { labels: { team: 'web' }, annotations: { owner: 'us' } },
    postRenderers: [
      {
        kustomize: {
          patches: [{ target: { kind: 'ConfigMap' }, patch: '- {op: add, path: /data/patched, value: "yes"}' }],
        },
      },
    ],
  });
  const { client } = world;
  const made = await world.until(helmReleases, key, isReady);
  assert.equal(messageOf(made), 'Helm install succeeded for release apps/apps-web.v1 with chart web@1.0.0');
  const { data: content, metadata } = await client.get(configMaps, { namespace: 'apps', name: 'web' });
  assert.equal(content?.patched, 'yes');
  assert.deepEqual(metadata.labels, {
    app: 'web',
    team: 'web',
    'app.kubernetes.io/managed-by': 'Helm',
    'helm.toolkit.fluxcd.io/name': 'web',
    'helm.toolkit.fluxcd.io/namespace': 'sites',
  });
  assert.equal(metadata.annotations?.owner, 'us');
  const stored = async (namespace: string) =>
    (await client.list(secrets, { namespace, labelSelector: 'owner=helm' })).items.map((item) => item.metadata.name);
  assert.deepEqual(await stored('sites'), ['sh.helm.release.v1.apps-web.v1']);
  assert.deepEqual(await stored('apps'), []);
  const [snapshot] = made?.status?.history ?? [];
  assert.deepEqual(made?.status?.inventory?.entries, [{ id: 'apps_web__ConfigMap', v: 'v1' }]);
  assert.equal(snapshot?.configDigest, 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  await set({ commonMetadata: { labels: { team: 'other' } } });
  await world.until(
    configMaps,
    { namespace: 'apps', name: 'web' },
    (found) => found?.metadata.labels?.team === 'other',
  );
  await set({ releaseName: 'shop', storageNamespace: 'apps' });
  const moved = await world.until(
    helmReleases,
    key,
    (found) => isReady(found) && found?.status?.history?.[0]?.version === 1,
  );
  assert.equal(moved?.status?.history?.[0]?.name, 'shop');
  assert.deepEqual(await stored('sites'), []);
  assert.equal((await stored('apps')).length, 1);
  assert.equal((await data('apps')).version, '1.0.0');
});

test('drift is told of or put right, but for what is ignored', async (t) => {
  const ignore = [{ paths: ['/data/version'], target: { kind: 'ConfigMap' } }];
  const { world, set, annotate, data } = await startSite(t, { driftDetection: { mode: 'warn', ignore } });
  const { client } = world;
  const live = { namespace: 'sites', name: 'web' };
  await world.until(helmReleases, key, isReady);
  const change = (fields: Record<string, string>) => client.patch(configMaps, live, { data: fields });
  await change({ version: 'by hand' });
  await annotate({ 'reconcile.fluxcd.io/requestedAt': '1' });
  await world.until(helmReleases, key, (found) => found?.status?.lastHandledReconcileAt === '1');
  assert.equal(conditionOf(await client.get(helmReleases, key), 'Drifted')?.status, 'False');
  await change({ values: 'by hand' });
  await annotate({ 'reconcile.fluxcd.io/requestedAt': '2' });
  const drifted = await world.until(helmReleases, key, (found) => conditionOf(found, 'Drifted')?.status === 'True');
  assert.equal(
    conditionOf(drifted, 'Drifted')?.message,
    'Cluster state of release sites/web.v1 has drifted from the desired state:\nConfigMap/sites/web changed (0 additions, 1 changes, 0 removals)',
  );
  assert.equal(conditionOf(drifted)?.status, 'True');
  assert.equal((await data()).values, 'by hand');
  await set({ driftDetection: { mode: 'enabled', ignore } });
  await world.until(configMaps, live, (found) => found?.data?.values !== 'by hand');
  assert.equal((await data()).version, 'by hand');
  await client.delete(configMaps, live);
  await annotate({ 'reconcile.fluxcd.io/requestedAt': '3' });
  await world.until(configMaps, live, (found) => found?.data?.version === '1.0.0');
  const right = await world.until(helmReleases, key, (found) => conditionOf(found, 'Drifted')?.status === 'False');
  assert.equal(right?.status?.history?.length, 1, 'no upgrade was needed');
});

test('chosen tests run after each release and are told of', async (t) => {
  const { world, set } = await startSite(
    t,
    { test: { enable: true, filters: [{ name: 'second', exclude: true }] } },
    chart('1.0.0', testHook('first') + testHook('second')),
  );
  const tested = await world.until(helmReleases, key, (found) => conditionOf(found)?.reason === 'TestSucceeded');
  assert.equal(
    messageOf(tested),
    'Helm test succeeded for release sites/web.v1 with chart web@1.0.0: 1 test hook completed successfully',
  );
  assert.deepEqual(Object.keys(tested?.status?.history?.[0]?.testHooks ?? {}), ['first']);
  assert.equal(await world.client.find(configMaps, { namespace: 'sites', name: 'second' }), undefined);
  await set({ test: { enable: false } });
  const without = await world.until(helmReleases, key, isReady);
  assert.equal(conditionOf(without, 'TestSuccess'), undefined);
});

test('a failed install is removed and tried again, until its retries are used up; force and reset begin anew', async (t) => {
  const { world, annotate, set } = await startSite(t, {
    values: { broken: true },
    install: { timeout: '500ms', remediation: { retries: 1, remediateLastFailure: true } },
  });
  const stalled = await world.until(helmReleases, key, isStalled);
  assert.equal(conditionOf(stalled, 'Stalled')?.reason, 'RetriesExceeded');
  assert.match(
    messageOf(stalled),
    /Failed to install after 2 attempt\(s\): .*uninstall remediation .* succeeded; before: .*Deployment\/sites\/web/s,
  );
  assert.equal(stalled?.status?.installFailures, 2);
  assert.equal(await world.client.find(configMaps, key), undefined, 'nothing is left of it');
  await annotate({ 'reconcile.fluxcd.io/requestedAt': 'a', 'reconcile.fluxcd.io/resetAt': 'a' });
  const again = await world.until(
    helmReleases,
    key,
    (found) =>
      found?.status?.lastHandledResetAt === 'a' && isStalled(found) && found.status.lastHandledReconcileAt === 'a',
  );
  assert.equal(again?.status?.installFailures, 2);
  await annotate({ 'reconcile.fluxcd.io/requestedAt': 'b', 'reconcile.fluxcd.io/forceAt': 'b' });
  const forced = await world.until(
    helmReleases,
    key,
    (found) => isStalled(found) && found?.status?.lastHandledForceAt === 'b',
  );
  assert.equal(forced?.status?.installFailures, 3);
  await set({ values: { broken: false } });
  await world.until(helmReleases, key, isReady);
});

test('a failure is just tried again where the strategy says so', async (t) => {
  const { world, set } = await startSite(t, {
    values: { broken: true },
    install: { timeout: '300ms', strategy: { name: 'RetryOnFailure', retryInterval: '1h' } },
  });
  const failed = await world.until(helmReleases, key, (found) => /retrying after 1h0m0s/.test(messageOf(found)));
  assert.equal(conditionOf(failed)?.reason, 'InstallFailed');
  assert.equal(conditionOf(failed, 'Reconciling')?.reason, 'ProgressingWithRetry');
  assert.ok(await world.client.find(configMaps, key), 'what was made stays');
  await set({ values: { broken: false } });
  const healed = await world.until(helmReleases, key, isReady);
  assert.equal(healed?.status?.history?.[0]?.version, 2);
});

test('a lock that a dead process left is opened, and a release that others made is taken over', async (t) => {
  const { world, set, annotate } = await startSite(t, {});
  await world.until(helmReleases, key, isReady);
  await set({ suspend: true });
  const context = { ...world.context };
  const [record] = await readHistory(world.client, key);
  assert.ok(record);
  await updateRecord(context, withStatus(record, 'pending-upgrade', 'killed'));
  await set({ suspend: false });
  const unlocked = await world.until(
    helmReleases,
    key,
    (found) => isReady(found) && found?.status?.history?.[0]?.version === 2,
  );
  assert.equal(unlocked?.status?.history?.[1]?.status, 'superseded');
  const found = (await readHistory(world.client, key)).at(-1);
  assert.ok(found);
  await updateRecord(context, { ...found, manifest: '' });
  await annotate({ 'reconcile.fluxcd.io/requestedAt': '1' });
  const adopted = await world.until(
    helmReleases,
    key,
    (now) => isReady(now) && now?.status?.history?.[0]?.version === 3,
  );
  assert.equal(adopted?.status?.history?.length, 1);
});

test('a service account that may not is told of; one that may installs', async (t) => {
  const { world } = await startSite(t, { serviceAccountName: 'deployer' });
  const refused = await world.until(helmReleases, key, (found) => /cannot/.test(messageOf(found)));
  assert.match(messageOf(refused), /system:serviceaccount:sites:deployer/);
  const { client } = world;
  await client.create(serviceAccounts, { metadata: { namespace: 'sites', name: 'deployer' } });
  const rbac = { group: 'rbac.authorization.k8s.io', version: 'v1', namespaced: false };
  await client.create({ ...rbac, kind: 'ClusterRoleBinding', plural: 'clusterrolebindings' }, {
    metadata: { name: 'deployer' },
    roleRef: { apiGroup: rbac.group, kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', name: 'deployer', namespace: 'sites' }],
  } as object);
  await world.until(helmReleases, key, isReady);
});

test('suspended releases stay as they are, also when their HelmRelease goes', async (t) => {
  const { world, set, repository, data } = await startSite(t, {});
  await world.until(helmReleases, key, isReady);
  await set({ suspend: true });
  const commit = await repository.commit(chart('2.0.0'));
  await world.client.patch(
    gitRepositories,
    { ...key, name: 'catalog' },
    { metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': '1' } } },
  );
  await world.until(
    gitRepositories,
    { ...key, name: 'catalog' },
    (found) => found?.status?.artifact?.revision.endsWith(commit) === true,
  );
  assert.equal((await data()).version, '1.0.0');
  await world.client.delete(helmReleases, key);
  await world.until(helmReleases, key, (found) => found === undefined);
  assert.equal((await data()).version, '1.0.0');
});
