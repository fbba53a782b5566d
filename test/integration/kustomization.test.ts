import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configMaps } from '@croft/api/kinds';
import { findCondition } from '@croft/controller/conditions';
import { type Kustomization, kustomizations } from '@croft/gitops/kustomization/types';
import { gitRepositories } from '@croft/gitops/types';
import { createRepository } from '../support/repository.ts';
import { startWorld } from '../support/world.ts';

const namespace = 'croft-system';
const source = { kind: 'GitRepository', name: 'fleet' } as const;
const spec = (path: string, more: Partial<NonNullable<Kustomization['spec']>> = {}) => ({
  interval: '1h',
  prune: true,
  path,
  sourceRef: source,
  ...more,
});
const readyOf = (found: Kustomization | undefined) => findCondition(found?.status?.conditions, 'Ready');

/** The layout that Flux's documentation shows: applications with a base and an overlay for each cluster. */
const fleet = {
  'apps/base/web/kustomization.yaml':
    'resources: [settings.yaml]\nconfigMapGenerator:\n- name: theme\n  literals: [colour=blue]\n',
  'apps/base/web/settings.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {host: "${host:-nowhere}", stage: base}\n',
  'apps/production/kustomization.yaml':
    'namespace: croft-system\nresources: [../base/web]\npatches:\n- target: {kind: ConfigMap, name: settings}\n  patch: |\n    - {op: replace, path: /data/stage, value: production}\n',
  'infrastructure/note.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: infrastructure, namespace: croft-system}\n',
};

test('bases, overlays and variables are built as Flux builds them', async (t) => {
  const world = await startWorld(t);
  const repository = await createRepository(world.root);
  await repository.commit(fleet);
  await world.client.create(configMaps, {
    metadata: { namespace, name: 'cluster' },
    data: { host: 'one.example.org' },
  });
  await world.client.create(gitRepositories, {
    metadata: { namespace, name: 'fleet' },
    spec: { url: repository.url, interval: '1h', ref: { branch: 'main' } },
  });
  const postBuild = { substituteFrom: [{ kind: 'ConfigMap' as const, name: 'cluster' }] };
  await world.client.create(kustomizations, {
    metadata: { namespace, name: 'apps' },
    spec: spec('./apps/production', { postBuild }),
  });
  const settings = { namespace, name: 'settings' };
  const made = await world.until(configMaps, settings, (found) => found !== undefined);
  assert.deepEqual(made?.data, { host: 'one.example.org', stage: 'production' });
  const themes = async () =>
    (await world.client.list(configMaps, { namespace })).items
      .map(({ metadata }) => metadata.name)
      .filter((name) => name.startsWith('theme-'));
  const [first] = await themes();
  await world.client.patch(configMaps, { namespace, name: 'cluster' }, { data: { host: 'two.example.org' } });
  await world.until(configMaps, settings, (found) => found?.data?.host === 'two.example.org');
  await repository.commit({
    'apps/base/web/kustomization.yaml': fleet['apps/base/web/kustomization.yaml'].replace('blue', 'green'),
  });
  await world.until(configMaps, { namespace, name: first ?? '' }, (found) => found === undefined);
  assert.equal((await themes()).length, 1);
});

test('a dependant waits for its dependency and starts when that is ready', async (t) => {
  const world = await startWorld(t);
  const repository = await createRepository(world.root);
  await repository.commit({ ...fleet, 'infrastructure/note.yaml': 'kind: [' });
  await world.client.create(gitRepositories, {
    metadata: { namespace, name: 'fleet' },
    spec: { url: repository.url, interval: '1h', ref: { branch: 'main' } },
  });
  await world.client.create(kustomizations, {
    metadata: { namespace, name: 'infrastructure' },
    spec: spec('./infrastructure'),
  });
  await world.client.create(kustomizations, {
    metadata: { namespace, name: 'apps' },
    spec: spec('./apps/production', { dependsOn: [{ name: 'infrastructure' }] }),
  });
  const waiting = await world.until(
    kustomizations,
    { namespace, name: 'apps' },
    (found) => readyOf(found)?.reason === 'DependencyNotReady',
  );
  assert.equal(readyOf(waiting)?.message, `dependency '${namespace}/infrastructure' is not ready`);
  assert.equal(await world.client.find(configMaps, { namespace, name: 'settings' }), undefined);
  await repository.commit(fleet);
  await world.until(configMaps, { namespace, name: 'settings' }, (found) => found !== undefined);
});

test('a build that fails keeps what is applied and says where', async (t) => {
  const world = await startWorld(t);
  const repository = await createRepository(world.root);
  await repository.commit(fleet);
  await world.client.create(gitRepositories, {
    metadata: { namespace, name: 'fleet' },
    spec: { url: repository.url, interval: '1h', ref: { branch: 'main' } },
  });
  await world.client.create(kustomizations, { metadata: { namespace, name: 'apps' }, spec: spec('./apps/production') });
  await world.until(configMaps, { namespace, name: 'settings' }, (found) => found !== undefined);
  await repository.commit({ 'apps/production/kustomization.yaml': 'resources: [../base/web, ../missing]\n' });
  const failed = await world.until(
    kustomizations,
    { namespace, name: 'apps' },
    (found) => readyOf(found)?.reason === 'BuildFailed',
  );
  assert.match(readyOf(failed)?.message ?? '', /missing/);
  assert.ok(await world.client.find(configMaps, { namespace, name: 'settings' }));
});
