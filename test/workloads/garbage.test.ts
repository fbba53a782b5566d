import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineKind } from '@croft/api/kind';
import { configMaps, customResourceDefinitions, deployments, pods, replicaSets, secrets } from '@croft/api/kinds';
import type { KubeObject, OwnerReference, Stored, UnknownObject } from '@croft/api/object';
import type { ConfigMap } from '@croft/api/types';
import { startCluster, type TestCluster } from './cluster.ts';
import { deployment } from './objects.ts';

const ownedBy = (owner: Stored<KubeObject>, more: Partial<OwnerReference> = {}): OwnerReference => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  name: owner.metadata.name,
  uid: owner.metadata.uid,
  ...more,
});

function createMap(cluster: TestCluster, name: string, ownerReferences?: OwnerReference[], finalizers?: string[]) {
  return cluster.client.create(configMaps, {
    metadata: {
      name,
      namespace: 'apps',
      ...(ownerReferences === undefined ? {} : { ownerReferences }),
      ...(finalizers === undefined ? {} : { finalizers }),
    },
  });
}

const has = (name: string) => (all: Stored<ConfigMap>[]) => all.some(({ metadata }) => metadata.name === name);
const hasNot = (name: string) => (all: Stored<ConfigMap>[]) => !has(name)(all);

test('what nobody owns any more goes, through all levels', async () => {
  await using cluster = await startCluster(['garbage-collector']);
  const top = await createMap(cluster, 'top');
  const middle = await createMap(cluster, 'middle', [ownedBy(top)]);
  const metadata = { name: 'bottom', namespace: 'apps', ownerReferences: [ownedBy(middle)] };
  await cluster.client.create(secrets, { metadata });
  await cluster.client.delete(configMaps, cluster.key('top'));
  await cluster.until(configMaps, hasNot('middle'));
  await cluster.until(secrets, (all) => all.length === 0);
});

test('an object with two owners stays while one is left, and forgets the other', async () => {
  await using cluster = await startCluster(['garbage-collector']);
  const first = await createMap(cluster, 'first');
  const second = await createMap(cluster, 'second');
  await createMap(cluster, 'child', [ownedBy(first), ownedBy(second)]);
  await cluster.client.delete(configMaps, cluster.key('first'));
  const child = await cluster.until(configMaps, (all) =>
    all.find(({ metadata }) => metadata.name === 'child' && metadata.ownerReferences?.length === 1),
  );
  assert.equal(child.metadata.ownerReferences?.[0]?.uid, second.metadata.uid);
});

test('an owner that never was, of this uid, is as good as gone', async () => {
  await using cluster = await startCluster(['garbage-collector']);
  const owner = await createMap(cluster, 'owner');
  await createMap(cluster, 'child', [ownedBy(owner, { uid: '22222222-2222-2222-2222-222222222222' })]);
  await cluster.until(configMaps, hasNot('child'));
  await cluster.client.get(configMaps, cluster.key('owner'));
});

test('in the foreground the owner waits for those that block it, and for no others', async () => {
  await using cluster = await startCluster(['garbage-collector']);
  for (const blockOwnerDeletion of [true, false]) {
    const owner = await createMap(cluster, 'owner');
    await createMap(cluster, 'child', [ownedBy(owner, { blockOwnerDeletion })], ['example.org/hold']);
    await cluster.client.delete(configMaps, cluster.key('owner'), { propagationPolicy: 'Foreground' });
    await cluster.until(configMaps, (all) =>
      all.find(({ metadata }) => metadata.name === 'child' && metadata.deletionTimestamp !== undefined),
    );
    if (blockOwnerDeletion) await cluster.client.get(configMaps, cluster.key('owner'));
    else await cluster.until(configMaps, hasNot('owner'));
    await cluster.client.patch(configMaps, cluster.key('child'), { metadata: { finalizers: null } });
    await cluster.until(configMaps, (all) => hasNot('owner')(all) && hasNot('child')(all));
  }
});

test('orphans stay and a new Deployment adopts them', async () => {
  await using cluster = await startCluster();
  await cluster.client.create(deployments, deployment({ replicas: 1 }));
  const [before] = await cluster.until(pods, (all) => all.length === 1 && all);
  await cluster.client.delete(deployments, cluster.key('web'), { propagationPolicy: 'Orphan' });
  await cluster.until(deployments, (all) => all.length === 0);
  await cluster.until(replicaSets, ([set]) => set?.metadata.ownerReferences === undefined);
  const again = await cluster.client.create(deployments, deployment({ replicas: 1 }));
  await cluster.until(replicaSets, ([set]) => set?.metadata.ownerReferences?.[0]?.uid === again.metadata.uid);
  const { items } = await cluster.client.list(pods, { namespace: 'apps' });
  assert.deepEqual(
    items.map(({ metadata }) => metadata.uid),
    [before?.metadata.uid],
  );
});

test('a Deployment takes its ReplicaSets and Pods along', async () => {
  await using cluster = await startCluster();
  cluster.runPods();
  for (const propagationPolicy of ['Background', 'Foreground'] as const) {
    await cluster.client.create(deployments, deployment({ replicas: 2 }));
    await cluster.until(pods, (all) => all.length === 2);
    await cluster.client.delete(deployments, cluster.key('web'), { propagationPolicy });
    await cluster.until(replicaSets, (all) => all.length === 0);
    await cluster.until(pods, (all) => all.length === 0);
    await cluster.until(deployments, (all) => all.length === 0);
  }
});

test('objects of kinds that are defined later are collected too', async () => {
  await using cluster = await startCluster(['garbage-collector']);
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  await cluster.client.create(customResourceDefinitions, {
    metadata: { name: 'things.example.org' },
    spec: {
      group: 'example.org',
      names: { kind: 'Thing', plural: 'things', singular: 'thing', listKind: 'ThingList' },
      scope: 'Namespaced',
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  });
  await cluster.until(customResourceDefinitions, ([definition]) =>
    definition?.status?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True'),
  );
  const things = defineKind<UnknownObject>('example.org/v1', 'Thing', 'things');
  const owner = await cluster.client.create(things, { metadata: { name: 'owner', namespace: 'apps' } });
  await createMap(cluster, 'child', [{ ...ownedBy(owner), apiVersion: 'example.org/v1', kind: 'Thing' }]);
  await cluster.client.delete(things, cluster.key('owner'));
  await cluster.until(configMaps, hasNot('child'));
});
