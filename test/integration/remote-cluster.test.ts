import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { configMaps, namespaces, secrets } from '@croft/api/kinds';
import { createApiServer } from '@croft/apiserver/server';
import { createClient } from '@croft/client/client';
import { findCondition } from '@croft/controller/conditions';
import { systemClock } from '@croft/foundation/clock';
import { silentLog } from '@croft/foundation/log';
import { type HelmRelease, helmReleases } from '@croft/gitops/helm-release/types';
import { type Kustomization, kustomizations } from '@croft/gitops/kustomization/types';
import { gitRepositories } from '@croft/gitops/types';
import { openMemoryStore } from '@croft/store/memory-store';
import { startKubectl } from '../support/kubectl.ts';
import { createRepository } from '../support/repository.ts';
import { startWorld } from '../support/world.ts';

const key = { namespace: 'croft-system', name: 'fleet' };
const readyOf = (found: Kustomization | undefined) => findCondition(found?.status?.conditions, 'Ready');
const isReady = (found: Kustomization | undefined) => readyOf(found)?.status === 'True';

test('a Kustomization is applied to the cluster whose kubeconfig a Secret holds, pruned and deleted there', async (t) => {
  const world = await startWorld(t);
  await using stack = new AsyncDisposableStack();
  const api = stack.use(await createApiServer({ store: openMemoryStore(), clock: systemClock, log: silentLog }));
  const { folder } = stack.use(await startKubectl(api));
  const remote = createClient(api.fetch);
  await remote.create(namespaces, { metadata: { name: 'apps' } });
  const repository = await createRepository(world.root);
  const configMap = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: apps}\n`;
  await repository.commit({ 'app/a.yaml': configMap('a'), 'app/b.yaml': configMap('b') });
  const source = { url: repository.url, interval: '1h', ref: { branch: 'main' } };
  await world.client.create(gitRepositories, { metadata: key, spec: source });
  await world.client.create(kustomizations, {
    metadata: key,
    spec: {
      interval: '1h',
      prune: true,
      wait: true,
      path: './app',
      sourceRef: { kind: 'GitRepository', name: 'fleet' },
      kubeConfig: { secretRef: { name: 'remote' } },
    },
  });
  const waiting = await world.until(kustomizations, key, (found) => readyOf(found)?.status === 'False');
  assert.match(readyOf(waiting)?.message ?? '', /the Secret croft-system\/remote of spec\.kubeConfig does not exist/);

  const kubeconfig = await readFile(join(folder, 'kubeconfig'), 'utf8');
  const fromFile = kubeconfig.replace(/client-key-data: .*/, 'client-key: /etc/hostname');
  assert.notEqual(fromFile, kubeconfig);
  await world.client.create(secrets, { metadata: { ...key, name: 'remote' }, stringData: { value: fromFile } });
  const refused = await world.until(kustomizations, key, (found) => /names a file/.test(readyOf(found)?.message ?? ''));
  assert.match(readyOf(refused)?.message ?? '', /client-key names a file, which is not read here/);

  await world.client.patch(secrets, { ...key, name: 'remote' }, { stringData: { value: kubeconfig } });
  await world.until(kustomizations, key, isReady);
  assert.ok(await remote.find(configMaps, { namespace: 'apps', name: 'a' }));
  assert.equal(await world.client.find(configMaps, { namespace: 'apps', name: 'a' }), undefined);
  const commit = await repository.commit({ 'app/b.yaml': undefined });
  await world.until(kustomizations, key, (found) => found?.status?.lastAppliedRevision?.endsWith(commit) === true);
  assert.equal(await remote.find(configMaps, { namespace: 'apps', name: 'b' }), undefined);
  await world.client.delete(kustomizations, key);
  await world.until(kustomizations, key, (found) => found === undefined);
  assert.equal(await remote.find(configMaps, { namespace: 'apps', name: 'a' }), undefined);
});

test('a HelmRelease is installed on the cluster of its kubeconfig, acting as an account there; it can be deleted when the kubeconfig is gone', async (t) => {
  const world = await startWorld(t);
  await using stack = new AsyncDisposableStack();
  const api = stack.use(await createApiServer({ store: openMemoryStore(), clock: systemClock, log: silentLog }));
  const { folder } = stack.use(await startKubectl(api));
  const remote = createClient(api.fetch);
  await remote.create(namespaces, { metadata: { name: 'croft-system' } });
  const repository = await createRepository(world.root);
  await repository.commit({
    'chart/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
    'chart/templates/all.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n',
  });
  const source = { url: repository.url, interval: '1h', ref: { branch: 'main' } };
  await world.client.create(gitRepositories, { metadata: key, spec: source });
  const value = await readFile(join(folder, 'kubeconfig'), 'utf8');
  await world.client.create(secrets, { metadata: { ...key, name: 'remote' }, stringData: { 'value.yaml': value } });
  const web = { namespace: 'croft-system', name: 'web' };
  const sourceRef = { kind: 'GitRepository', name: 'fleet' } as const;
  await world.client.create(helmReleases, {
    metadata: web,
    spec: {
      interval: '1h',
      chart: { spec: { chart: './chart', sourceRef } },
      targetNamespace: 'apps',
      install: { createNamespace: true },
      serviceAccountName: 'deployer',
      kubeConfig: { secretRef: { name: 'remote' } },
    },
  });
  const readyOfRelease = (found: HelmRelease | undefined) => findCondition(found?.status?.conditions, 'Ready');
  const refused = await world.until(helmReleases, web, (found) => /cannot/.test(readyOfRelease(found)?.message ?? ''));
  assert.match(readyOfRelease(refused)?.message ?? '', /system:serviceaccount:croft-system:deployer/);
  const rbac = { group: 'rbac.authorization.k8s.io', version: 'v1', namespaced: false };
  const binding = {
    metadata: { name: 'deployer' },
    roleRef: { apiGroup: rbac.group, kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', name: 'deployer', namespace: 'croft-system' }],
  };
  await remote.create({ ...rbac, kind: 'ClusterRoleBinding', plural: 'clusterrolebindings' }, binding as object);
  await world.until(helmReleases, web, (found) => readyOfRelease(found)?.status === 'True');
  assert.ok(await remote.find(configMaps, { namespace: 'apps', name: 'web' }));
  assert.ok(await remote.find(secrets, { namespace: 'croft-system', name: 'sh.helm.release.v1.apps-web.v1' }));
  assert.equal(await world.client.find(namespaces, { name: 'apps' }), undefined);
  await world.client.delete(secrets, { ...key, name: 'remote' });
  await world.client.delete(helmReleases, web);
  await world.until(helmReleases, web, (found) => found === undefined);
  assert.ok(await remote.find(configMaps, { namespace: 'apps', name: 'web' }), 'nobody could remove it');
});
