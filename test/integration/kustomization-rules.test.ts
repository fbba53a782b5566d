import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { defineKind } from '@croft/api/kind';
import { configMaps, events, secrets, serviceAccounts } from '@croft/api/kinds';
import type { UnknownObject } from '@croft/api/object';
import { findCondition } from '@croft/controller/conditions';
import { type Kustomization, type KustomizationSpec, kustomizations } from '@croft/gitops/kustomization/types';
import { gitRepositories } from '@croft/gitops/types';
import { createRepository, type TestRepository } from '../support/repository.ts';
import { startWorld, type World } from '../support/world.ts';

const key = { namespace: 'croft-system', name: 'fleet' };
const named = (name: string) => ({ ...key, name });
const conditionOf = (found: Kustomization | undefined, type = 'Ready') =>
  findCondition(found?.status?.conditions, type);
const messageOf = (found: Kustomization | undefined) => conditionOf(found)?.message ?? '';
const isReady = (found: Kustomization | undefined) =>
  conditionOf(found)?.status === 'True' && found?.status?.observedGeneration === found?.metadata?.generation;
const hasFailed = (found: Kustomization | undefined) => conditionOf(found)?.status === 'False';
const rbac = 'rbac.authorization.k8s.io/v1';
const roles = defineKind<UnknownObject>(rbac, 'Role', 'roles');
const roleBindings = defineKind<UnknownObject>(rbac, 'RoleBinding', 'rolebindings');
const sourceRef = { kind: 'GitRepository', name: 'fleet' } as const;
const object = (fields: object) => `${JSON.stringify(fields)}\n`;
const configMap = (name: string, data: Record<string, string>, metadata: object = {}, more: object = {}) =>
  object({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'croft-system', ...metadata },
    data,
    ...more,
  });
const marked = (name: string, value: string) => ({ annotations: { [`kustomize.toolkit.fluxcd.io/${name}`]: value } });

interface Fleet {
  world: World;
  repository: TestRepository;
  set(spec: Partial<KustomizationSpec>): Promise<unknown>;
  read(name: string): Promise<Record<string, string> | undefined>;
  /** Waits until the pushed commit is applied. */
  push(files: Record<string, string | undefined>): Promise<unknown>;
}

async function startFleet(
  t: TestContext,
  files: Record<string, string>,
  spec: Partial<KustomizationSpec> = {},
): Promise<Fleet> {
  const world = await startWorld(t);
  const repository = await createRepository(world.root);
  await repository.commit(files);
  const { client } = world;
  const source = { url: repository.url, interval: '1h', ref: { branch: 'main' } };
  await client.create(gitRepositories, { metadata: key, spec: source });
  await client.create(kustomizations, {
    metadata: key,
    spec: { interval: '1h', prune: true, path: './app', sourceRef, ...spec },
  });
  return {
    world,
    repository,
    set: (fields) => client.patch(kustomizations, key, { spec: fields }),
    read: async (name) => (await client.find(configMaps, named(name)))?.data,
    push: async (changed) => {
      const commit = await repository.commit(changed);
      return await world.until(
        kustomizations,
        key,
        (found) => found?.status?.lastAppliedRevision?.endsWith(commit) === true,
      );
    },
  };
}

const ask = ({ client }: World) =>
  client.patch(kustomizations, key, {
    metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': String(process.hrtime.bigint()) } },
  });

test('what people change by hand is put right, but for what is marked', async (t) => {
  const { world, push, read } = await startFleet(t, {
    'app/a.yaml': configMap('a', { key: 'git' }),
    'app/b.yaml': configMap('b', { key: 'git' }, marked('ssa', 'IfNotPresent')),
    'app/c.yaml': configMap('c', { key: 'git' }),
  });
  const { client } = world;
  await world.until(kustomizations, key, isReady);
  const byKubectl = { fieldManager: 'kubectl', force: true };
  await client.apply(configMaps, { metadata: named('a'), data: { key: 'hand', added: 'hand' } }, byKubectl);
  await client.patch(configMaps, named('b'), { data: { key: 'hand' } });
  await client.patch(configMaps, named('c'), { metadata: marked('reconcile', 'disabled'), data: { key: 'hand' } });
  const before = await client.get(kustomizations, key);
  const requested = await ask(world);
  const handled = await world.until(
    kustomizations,
    key,
    (found) =>
      found?.status?.lastHandledReconcileAt === requested.metadata.annotations?.['reconcile.fluxcd.io/requestedAt'],
  );
  assert.equal(conditionOf(handled)?.lastTransitionTime, conditionOf(before)?.lastTransitionTime);
  assert.deepEqual(await read('a'), { key: 'git' }, 'fields that kubectl added go, too');
  assert.deepEqual(await read('b'), { key: 'hand' }, 'made once, then left alone');
  assert.deepEqual(await read('c'), { key: 'hand' }, 'left alone');
  await push({ 'app/a.yaml': undefined, 'app/c.yaml': undefined });
  assert.equal(await read('a'), undefined, 'pruned');
  assert.deepEqual(await read('c'), { key: 'hand' }, 'not pruned while it is left alone');
});

test('a field that cannot be changed is told of, and forced where that is asked for', async (t) => {
  const fixed = (value: string, metadata: object = {}) =>
    configMap('fixed', { key: value }, metadata, { immutable: true });
  const { world, repository, set, push, read } = await startFleet(t, { 'app/fixed.yaml': fixed('one') });
  await world.until(kustomizations, key, isReady);
  await repository.commit({ 'app/fixed.yaml': fixed('two') });
  const refused = await world.until(kustomizations, key, hasFailed);
  assert.match(messageOf(refused), /app\/fixed\.yaml: ConfigMap\/croft-system\/fixed: .*immutable.*set spec\.force/s);
  assert.deepEqual(await read('fixed'), { key: 'one' }, 'the last good state is still there');
  await set({ force: true });
  await world.until(kustomizations, key, isReady);
  assert.deepEqual(await read('fixed'), { key: 'two' });
  await set({ force: false });
  await push({ 'app/fixed.yaml': fixed('three', marked('force', 'Enabled')) });
  assert.deepEqual(await read('fixed'), { key: 'three' });
});

test('all objects get the common metadata, and ignored fields stay as they are', async (t) => {
  const { world, push, read } = await startFleet(
    t,
    { 'app/a.yaml': configMap('a', { scale: '1', key: 'one' }), 'app/b.yaml': configMap('b', { scale: '1' }) },
    {
      commonMetadata: { labels: { team: 'web' }, annotations: { owner: 'us' } },
      ignore: [{ paths: ['/data/scale'], target: { kind: 'ConfigMap', name: 'a' } }],
    },
  );
  await world.until(kustomizations, key, isReady);
  const made = await world.client.get(configMaps, named('a'));
  assert.deepEqual(made.metadata.labels, {
    team: 'web',
    'kustomize.toolkit.fluxcd.io/name': 'fleet',
    'kustomize.toolkit.fluxcd.io/namespace': 'croft-system',
  });
  assert.deepEqual(made.metadata.annotations, { owner: 'us' });
  for (const name of ['a', 'b']) await world.client.patch(configMaps, named(name), { data: { scale: '5' } });
  await push({ 'app/a.yaml': configMap('a', { scale: '1', key: 'two' }) });
  assert.deepEqual(await read('a'), { scale: '5', key: 'two' });
  assert.deepEqual(await read('b'), { scale: '1' });
});

test('health is waited for by the rules of the kind; a newer push ends the wait', async (t) => {
  const widgets = defineKind<UnknownObject>('example.org/v1', 'Widget', 'widgets');
  const schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const definition = object({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.org' },
    spec: {
      group: 'example.org',
      scope: 'Namespaced',
      names: { kind: 'Widget', plural: 'widgets', singular: 'widget', listKind: 'WidgetList' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
    },
  });
  const widget = (size: number) =>
    object({
      apiVersion: 'example.org/v1',
      kind: 'Widget',
      metadata: { name: 'w', namespace: 'croft-system' },
      spec: { size },
    });
  const rule = { current: "status.phase == 'Running'", failed: "status.phase == 'Broken'" };
  const { world, repository } = await startFleet(
    t,
    { 'app/widget.yaml': widget(1), 'app/definition.yaml': definition },
    { wait: true, timeout: '10m', healthCheckExprs: [{ apiVersion: 'example.org/v1', kind: 'Widget', ...rule }] },
  );
  const { client } = world;
  const waiting = await world.until(
    kustomizations,
    key,
    (found) => conditionOf(found, 'Healthy')?.status === 'Unknown',
  );
  assert.match(
    conditionOf(waiting, 'Reconciling')?.message ?? '',
    /^Running health checks for revision main@sha1:\w+ with a timeout of 10m0s$/,
  );
  await repository.commit({ 'app/widget.yaml': widget(2) });
  await world.until(widgets, named('w'), (found) => (found?.spec as { size?: number } | undefined)?.size === 2);
  await client.patch(widgets, named('w'), { status: { phase: 'Broken' } });
  const broken = await world.until(kustomizations, key, hasFailed);
  assert.equal(conditionOf(broken)?.reason, 'HealthCheckFailed');
  assert.match(
    messageOf(broken),
    /^health check failed after .*Widget\/croft-system\/w: the expression failed is true/,
  );
  await client.patch(widgets, named('w'), { status: { phase: 'Starting' } });
  await repository.commit({ 'app/note.yaml': configMap('note', {}) });
  const again = await world.until(kustomizations, key, (found) => conditionOf(found)?.status === 'Unknown');
  assert.match(messageOf(again), /^Running health checks .*; before: health check failed after /);
  await client.patch(widgets, named('w'), { status: { phase: 'Running' } });
  const healthy = await world.until(kustomizations, key, (found) => isReady(found));
  assert.match(conditionOf(healthy, 'Healthy')?.message ?? '', /^Health check passed in /);
  const [latest] = healthy?.status?.history ?? [];
  assert.equal(latest?.lastReconciledStatus, 'ReconciliationSucceeded');
  assert.match(latest?.digest ?? '', /^sha256:[0-9a-f]{64}$/);
  assert.equal(latest?.metadata?.revision, healthy?.status?.lastAppliedRevision);
});

test('a deletion policy says what becomes of the objects', async (t) => {
  const { world, set } = await startFleet(t, {
    'app/a.yaml': configMap('a', {}),
    'app/b.yaml': configMap('b', {}, { finalizers: ['example.org/hold'] }),
    'app/c.yaml': configMap('c', {}, marked('prune', 'disabled')),
  });
  const { client } = world;
  await world.until(kustomizations, key, isReady);
  await set({ deletionPolicy: 'WaitForTermination', prune: false });
  await world.until(kustomizations, key, isReady);
  await client.delete(kustomizations, key);
  await world.until(configMaps, named('a'), (found) => found === undefined);
  await world.until(configMaps, named('b'), (found) => found?.metadata.deletionTimestamp !== undefined);
  assert.ok(await client.find(kustomizations, key), 'it stays until its objects are gone');
  await client.patch(configMaps, named('b'), { metadata: { finalizers: null } });
  await world.until(kustomizations, key, (found) => found === undefined);
  assert.ok(await client.find(configMaps, named('c')));
});

test('with the policy Orphan, and while suspended, all objects stay', async (t) => {
  const { world, repository, set, read } = await startFleet(t, { 'app/a.yaml': configMap('a', { key: 'one' }) });
  await world.until(kustomizations, key, isReady);
  await set({ suspend: true, deletionPolicy: 'Orphan' });
  const commit = await repository.commit({ 'app/a.yaml': configMap('a', { key: 'two' }) });
  await ask(world);
  await world.client.patch(gitRepositories, key, {
    metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': 'now' } },
  });
  await world.until(gitRepositories, key, (found) => found?.status?.artifact?.revision.endsWith(commit) === true);
  assert.deepEqual(await read('a'), { key: 'one' });
  await set({ suspend: false });
  await world.until(configMaps, named('a'), (found) => found?.data?.key === 'two');
  await world.until(kustomizations, key, isReady);
  await world.client.delete(kustomizations, key);
  await world.until(kustomizations, key, (found) => found === undefined);
  assert.deepEqual(await read('a'), { key: 'two' });
});

test('a service account applies what it may and no more', async (t) => {
  const { world, read } = await startFleet(
    t,
    {
      'app/a.yaml': configMap('a', { key: 'one' }),
      'app/role.yaml': object({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace: 'croft-system' } }),
    },
    { serviceAccountName: 'deployer' },
  );
  const { client } = world;
  await client.create(serviceAccounts, { metadata: named('deployer') });
  await client.create(roles, {
    metadata: named('deployer'),
    rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['*'] }],
  });
  await client.create(roleBindings, {
    metadata: named('deployer'),
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'deployer' },
    subjects: [{ kind: 'ServiceAccount', name: 'deployer', namespace: 'croft-system' }],
  });
  await ask(world);
  await world.until(configMaps, named('a'), (found) => found !== undefined);
  const refused = await world.until(kustomizations, key, (found) => /Secret\/croft-system\/s/.test(messageOf(found)));
  assert.match(messageOf(refused), /system:serviceaccount:croft-system:deployer.*cannot .* resource "secrets"/);
  assert.deepEqual(await read('a'), { key: 'one' });
  assert.equal(await client.find(secrets, named('s')), undefined);
});

test('a dependency is ready when its expression says so; a wrong expression waits for a person', async (t) => {
  const { world } = await startFleet(t, { 'app/a.yaml': configMap('a', {}), 'other/b.yaml': configMap('b', {}) });
  const { client } = world;
  await world.until(kustomizations, key, isReady);
  const readyExpr = "dep.metadata.labels['stage'] == self.metadata.labels['stage']";
  const spec = { interval: '1h', prune: true, path: './other', sourceRef, dependsOn: [{ name: 'fleet', readyExpr }] };
  await client.create(kustomizations, { metadata: { ...named('other'), labels: { stage: 'two' } }, spec });
  const waiting = await world.until(kustomizations, named('other'), hasFailed);
  assert.equal(messageOf(waiting), "dependency 'croft-system/fleet' is not ready according to readyExpr eval");
  await client.patch(kustomizations, key, { metadata: { labels: { stage: 'two' } } });
  await world.until(kustomizations, named('other'), isReady);
  await client.patch(kustomizations, named('other'), { spec: { dependsOn: [{ name: 'fleet', readyExpr: 'dep.(' }] } });
  const stalled = await world.until(
    kustomizations,
    named('other'),
    (found) => conditionOf(found, 'Stalled') !== undefined,
  );
  assert.equal(conditionOf(stalled)?.reason, 'InvalidCELExpression');
});

test('what happened is told as events', async (t) => {
  const { world } = await startFleet(t, { 'app/a.yaml': configMap('a', {}) });
  await world.until(kustomizations, key, isReady);
  const told = async () => {
    const { items } = await world.client.list(events, { namespace: 'croft-system' });
    return items.filter(({ involvedObject }) => involvedObject.kind === 'Kustomization');
  };
  await t.waitFor(async () => assert.equal((await told()).length, 2));
  const texts = (await told()).map(({ reason, message }) => `${reason}: ${message}`).sort();
  assert.equal(texts[0], 'Progressing: ConfigMap/croft-system/a created');
  assert.match(texts[1] ?? '', /^ReconciliationSucceeded: Reconciliation finished in .*, next run in 1h0m0s$/);
});
