import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endpointSlices, endpoints, pods, services } from '@croft/api/kinds';
import type { Pod, Service } from '@croft/api/types';
import { startCluster } from './cluster.ts';

const service = (spec: Partial<NonNullable<Service['spec']>> = {}): Service => ({
  metadata: { name: 's', namespace: 'apps', labels: { team: 'a' } },
  spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 'web' }], ...spec },
});

function pod(name: string, containerPort: number, spec: Partial<NonNullable<Pod['spec']>> = {}): Pod {
  const containers = [{ name: 'c', image: 'x', ports: [{ name: 'web', containerPort }] }];
  return { metadata: { name, namespace: 'apps', labels: { app: 'web' } }, spec: { containers, ...spec } };
}

const running = (podIP: string, ready: 'True' | 'False') => ({
  phase: 'Running',
  podIP,
  podIPs: [{ ip: podIP }],
  conditions: [{ type: 'Ready', status: ready }],
});

test('ports by name differ from Pod to Pod: one slice and one subset for each', async () => {
  await using cluster = await startCluster();
  await cluster.client.create(services, service());
  for (const [name, port, ip] of [
    ['a', 8080, '10.1.0.1'],
    ['b', 9090, '10.1.0.2'],
  ] as const) {
    await cluster.setPodStatus(await cluster.client.create(pods, pod(name, port)), running(ip, 'True'));
  }
  const slices = await cluster.until(endpointSlices, (all) => all.length === 2 && all);
  assert.deepEqual(slices.map(({ ports }) => ports?.[0]?.port).sort(), [8080, 9090]);
  assert.ok(slices.every(({ metadata }) => metadata.labels?.team === 'a'));
  const found = await cluster.until(endpoints, ([object]) => object?.subsets?.length === 2 && object);
  assert.deepEqual(found.subsets?.map(({ addresses }) => addresses?.[0]?.ip).sort(), ['10.1.0.1', '10.1.0.2']);
});

test('a Pod that is not ready is told as such; publishNotReadyAddresses makes it count', async () => {
  await using cluster = await startCluster();
  await cluster.client.create(services, service({ clusterIP: 'None' }));
  const created = await cluster.client.create(pods, pod('a', 80, { hostname: 'first', subdomain: 's' }));
  await cluster.setPodStatus(created, running('10.1.0.1', 'False'));
  const slice = await cluster.until(endpointSlices, (all) => all.find((found) => (found.endpoints ?? []).length === 1));
  assert.deepEqual(slice.endpoints[0]?.conditions, { ready: false, serving: false, terminating: false });
  assert.equal(slice.endpoints[0]?.hostname, 'first');
  assert.equal(slice.metadata.labels?.['service.kubernetes.io/headless'], '');
  await cluster.until(endpoints, ([object]) => object?.subsets?.[0]?.notReadyAddresses?.[0]?.ip === '10.1.0.1');
  await cluster.client.patch(services, cluster.key('s'), { spec: { publishNotReadyAddresses: true } });
  await cluster.until(endpointSlices, ([found]) => found?.endpoints[0]?.conditions?.ready === true);
  await cluster.until(endpoints, ([object]) => object?.subsets?.[0]?.addresses?.[0]?.hostname === 'first');
});

test('a Pod on its way out serves no new traffic; ended ones are left out', async () => {
  await using cluster = await startCluster();
  await cluster.client.create(services, service());
  const created = await cluster.client.create(pods, pod('a', 80, { nodeName: 'node' }));
  await cluster.setPodStatus(created, running('10.1.0.1', 'True'));
  await cluster.until(endpoints, ([object]) => object?.subsets?.[0]?.addresses?.length === 1);
  await cluster.client.delete(pods, cluster.key('a'));
  const slice = await cluster.until(endpointSlices, ([found]) => found?.endpoints[0]?.conditions?.terminating && found);
  assert.deepEqual(slice.endpoints[0]?.conditions, { ready: false, serving: true, terminating: true });
  await cluster.until(endpoints, ([object]) => (object?.subsets ?? []).length === 0);
  await cluster.setPodStatus(created, { phase: 'Succeeded' });
  await cluster.until(endpointSlices, ([found]) => (found?.endpoints ?? []).length === 0);
});

test('Endpoints go with their Service; those of a Service without selector are left alone', async () => {
  await using cluster = await startCluster();
  await cluster.client.create(services, service());
  await cluster.client.create(services, {
    metadata: { name: 'own', namespace: 'apps' },
    spec: { ports: [{ port: 80 }] },
  });
  const subsets = [{ addresses: [{ ip: '10.9.9.9' }], ports: [{ port: 80 }] }];
  await cluster.client.create(endpoints, { metadata: { name: 'own', namespace: 'apps' }, subsets });
  await cluster.until(endpoints, (all) => all.length === 2);
  const mirrored = await cluster.until(endpointSlices, (all) =>
    all.find(({ metadata }) => metadata.generateName === 'own-'),
  );
  assert.deepEqual(mirrored.endpoints[0]?.addresses, ['10.9.9.9']);
  assert.equal(mirrored.metadata.labels?.['kubernetes.io/service-name'], 'own');
  await cluster.client.remove(services, cluster.key('s'));
  const [left] = await cluster.until(endpoints, (all) => all.length === 1 && all);
  assert.equal(left?.subsets?.[0]?.addresses?.[0]?.ip, '10.9.9.9');
});
