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
import { type Kustomization, kustomizations } from '@croft/gitops/kustomization/types';
import { gitRepositories } from '@croft/gitops/types';
import { openMemoryStore } from '@croft/store/memory-store';
import { startKubectl } from '../support/kubectl.ts';
import { createRepository, startWorld } from '../support/world.ts';

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
