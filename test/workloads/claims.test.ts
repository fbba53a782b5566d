import assert from 'node:assert/strict';
import { access, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { events, persistentVolumeClaims, persistentVolumes, pods, storageClasses } from '@croft/api/kinds';
import type { Stored } from '@croft/api/object';
import type { PersistentVolume, PersistentVolumeClaim } from '@croft/api/types';
import { startCluster, type TestCluster } from './cluster.ts';

function claim(storage = '1Gi', annotations?: Record<string, string>): PersistentVolumeClaim {
  return {
    metadata: { name: 'data', namespace: 'apps', ...(annotations && { annotations }) },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
  };
}

async function bound(cluster: TestCluster): Promise<{ volume: Stored<PersistentVolume>; path: string }> {
  const found = await cluster.until(persistentVolumeClaims, (all) =>
    all.find(({ status }) => status?.phase === 'Bound'),
  );
  const volume = await cluster.client.get(persistentVolumes, { name: found.spec?.volumeName ?? '' });
  return { volume, path: volume.spec?.local?.path ?? '' };
}

async function removeClaim(cluster: TestCluster): Promise<void> {
  await cluster.client.delete(persistentVolumeClaims, cluster.key('data'));
  await cluster.until(persistentVolumeClaims, (all) => all.length === 0);
}

async function startWithClass(): Promise<TestCluster> {
  const cluster = await startCluster();
  await cluster.until(storageClasses, (all) => all.find(({ metadata }) => metadata.name === 'croft-local'));
  return cluster;
}

test('a claim is served from a folder that says whose it is', async () => {
  await using cluster = await startWithClass();
  const created = await cluster.client.create(persistentVolumeClaims, claim());
  assert.equal(created.spec?.storageClassName, 'croft-local');
  const { volume, path } = await bound(cluster);
  assert.equal(path, join(cluster.volumesDir, `apps-data-${created.metadata.uid.slice(0, 8)}`));
  assert.equal(volume.metadata.name, `apps-data-${created.metadata.uid.slice(0, 8)}`);
  assert.equal(volume.spec?.persistentVolumeReclaimPolicy, 'Retain');
  const [term] = volume.spec?.nodeAffinity?.required?.nodeSelectorTerms ?? [];
  assert.deepEqual(term?.matchExpressions?.[0]?.values, ['node']);
  assert.equal((await stat(path)).mode & 0o777, 0o777);
  assert.equal((await stat(cluster.volumesDir)).mode & 0o777, 0o700);
});

test('a claim may grow', async () => {
  await using cluster = await startWithClass();
  await cluster.client.create(persistentVolumeClaims, claim());
  await bound(cluster);
  const larger = { spec: { resources: { requests: { storage: '5Gi' } } } };
  await cluster.client.patch(persistentVolumeClaims, cluster.key('data'), larger);
  await cluster.until(persistentVolumeClaims, ([found]) => found?.status?.capacity?.storage === '5Gi');
});

test('a claim that comes back finds its data again; one that asks for a fresh folder does not', async () => {
  await using cluster = await startWithClass();
  await cluster.client.create(persistentVolumeClaims, claim());
  const first = await bound(cluster);
  await writeFile(join(first.path, 'post'), 'hello');
  await removeClaim(cluster);
  await cluster.until(persistentVolumes, ([volume]) => volume?.status?.phase === 'Released');
  await cluster.client.create(persistentVolumeClaims, claim('2Gi'));
  const second = await bound(cluster);
  assert.equal(await readFile(join(second.path, 'post'), 'utf8'), 'hello');
  assert.equal(second.volume.spec?.capacity?.storage, '2Gi');
  await removeClaim(cluster);
  await cluster.client.create(persistentVolumeClaims, claim('1Gi', { 'volumes.croft.dev/data': 'fresh' }));
  const third = await bound(cluster);
  assert.notEqual(third.path, first.path);
  await assert.rejects(access(join(third.path, 'post')));
  await access(join(first.path, 'post'));
});

test('data is found again from its folder alone, when the PersistentVolume is gone too', async () => {
  await using cluster = await startWithClass();
  await cluster.client.create(persistentVolumeClaims, claim());
  const first = await bound(cluster);
  await writeFile(join(first.path, 'post'), 'hello');
  await removeClaim(cluster);
  await cluster.client.delete(persistentVolumes, { name: first.volume.metadata.name });
  await cluster.until(persistentVolumes, (all) => all.length === 0);
  await cluster.client.create(persistentVolumeClaims, claim());
  assert.equal((await bound(cluster)).path, first.path);
});

test('the policy Delete removes the folder with its claim', async () => {
  await using cluster = await startWithClass();
  const metadata = { name: 'scratch' };
  await cluster.client.create(storageClasses, { metadata, provisioner: 'croft.dev/local', reclaimPolicy: 'Delete' });
  const wanted = claim();
  await cluster.client.create(persistentVolumeClaims, {
    ...wanted,
    spec: { ...wanted.spec, storageClassName: 'scratch' },
  });
  const { path } = await bound(cluster);
  await removeClaim(cluster);
  await cluster.until(persistentVolumes, (all) => all.length === 0);
  await assert.rejects(access(path));
});

test('a claim in use waits for its Pod to go', async () => {
  await using cluster = await startWithClass();
  await cluster.client.create(persistentVolumeClaims, claim());
  await bound(cluster);
  const volumes = [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }];
  const spec = { nodeName: 'node', containers: [{ name: 'c', image: 'x' }], volumes };
  await cluster.client.create(pods, { metadata: { name: 'p', namespace: 'apps' }, spec });
  const left = await cluster.client.delete(persistentVolumeClaims, cluster.key('data'));
  assert.notEqual(left?.metadata.deletionTimestamp, undefined);
  await cluster.client.delete(pods, cluster.key('p'), { gracePeriodSeconds: 0 });
  await cluster.until(persistentVolumeClaims, (all) => all.length === 0);
});

test('of the volumes made by hand the smallest that suffices is bound', async () => {
  await using cluster = await startCluster(['claim', 'volume']);
  for (const [name, storage] of [
    ['large', '10Gi'],
    ['small', '500Mi'],
    ['fitting', '2Gi'],
  ] as const) {
    const spec = {
      capacity: { storage },
      accessModes: ['ReadWriteOnce'],
      hostPath: { path: '/d' },
      storageClassName: 'x',
    };
    await cluster.client.create(persistentVolumes, { metadata: { name }, spec });
  }
  const wanted = claim();
  await cluster.client.create(persistentVolumeClaims, { ...wanted, spec: { ...wanted.spec, storageClassName: 'x' } });
  assert.equal((await bound(cluster)).volume.metadata.name, 'fitting');
  const all = await cluster.client.list(persistentVolumes);
  assert.deepEqual(all.items.map(({ metadata, status }) => `${metadata.name} ${status?.phase}`).sort(), [
    'fitting Bound',
    'large Available',
    'small Available',
  ]);
});

test('a claim that waits tells what for', async () => {
  await using cluster = await startWithClass();
  const named = claim();
  await cluster.client.create(persistentVolumeClaims, {
    ...named,
    spec: { ...named.spec, storageClassName: 'elsewhere' },
  });
  const told = (text: string) => cluster.until(events, (all) => all.find(({ message }) => message?.includes(text)));
  const missing = await told('storageclass.storage.k8s.io "elsewhere" not found');
  assert.equal(missing.reason, 'ProvisioningFailed');
  await cluster.client.create(storageClasses, { metadata: { name: 'elsewhere' }, provisioner: 'example.org/far' });
  assert.equal((await told("external provisioner 'example.org/far'")).reason, 'ExternalProvisioning');
});
