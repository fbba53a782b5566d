import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestServer, type TestServer } from '../test-server.ts';

const services = '/api/v1/namespaces/default/services';
const merge = { 'content-type': 'application/merge-patch+json' };

interface Answer {
  message?: string;
  spec: { [field: string]: unknown; ports?: { name?: string; port: number; nodePort?: number }[] };
}

async function create(server: TestServer, spec: object): Promise<Answer> {
  const made = await server.call('POST', services, {
    metadata: { name: 's' },
    spec: { ports: [{ port: 80 }], ...spec },
  });
  return made.body as Answer;
}

async function change(server: TestServer, spec: object): Promise<Answer> {
  return (await server.call('PATCH', `${services}/s`, { spec }, merge)).body as Answer;
}

test('a node port stays with the name of its port', async () => {
  await using server = await startTestServer();
  const ports = [{ name: 'web', port: 80 }];
  const made = await create(server, { type: 'NodePort', ports });
  const changed = await change(server, { ports: [{ name: 'web', port: 81 }] });
  assert.equal(changed.spec.ports?.[0]?.nodePort, made.spec.ports?.[0]?.nodePort);
});

test('what a type does not know goes with a change of the type, and is refused in a new service', async () => {
  await using server = await startTestServer();
  const balanced = await create(server, { type: 'LoadBalancer', externalTrafficPolicy: 'Local' });
  assert.ok(balanced.spec.healthCheckNodePort);
  const cluster = await change(server, { externalTrafficPolicy: 'Cluster' });
  assert.equal(cluster.spec.healthCheckNodePort, undefined);
  const plain = await change(server, { type: 'ClusterIP' });
  assert.deepEqual(
    ['allocateLoadBalancerNodePorts', 'externalTrafficPolicy'].filter((field) => plain.spec[field] !== undefined),
    [],
  );
  await server.call('DELETE', `${services}/s`);
  const refused = await create(server, { type: 'ClusterIP', allocateLoadBalancerNodePorts: true });
  assert.match(refused.message ?? '', /spec\.allocateLoadBalancerNodePorts: Forbidden: may only be used when `type`/);
  const named = await create(server, { type: 'ExternalName', externalName: 'x.org', ipFamilies: ['IPv4'] });
  assert.match(named.message ?? '', /spec\.ipFamilies: Forbidden: may not be set for ExternalName services$/);
});

test('a list of addresses needs the address itself', async () => {
  await using server = await startTestServer();
  const { message } = await create(server, { clusterIPs: ['10.96.0.77'] });
  assert.match(message ?? '', /spec\.clusterIPs: Invalid value: \["10\.96\.0\.77"\]: must be empty when `clusterIP`/);
});

test('addresses from outside ask for a policy and a network that is one', async () => {
  await using server = await startTestServer();
  const { spec } = await create(server, { externalIPs: ['192.0.2.7'] });
  assert.equal(spec.externalTrafficPolicy, 'Cluster');
  const ranges = (await change(server, { type: 'LoadBalancer', loadBalancerSourceRanges: ['10.0.0.1/8'] })).message;
  assert.match(
    ranges ?? '',
    /spec\.LoadBalancerSourceRanges\[0\]: .*: must not have bits set beyond the prefix length$/,
  );
  const near = (await change(server, { trafficDistribution: 'Anywhere' })).message;
  assert.match(near ?? '', /supported values: "PreferClose", "PreferSameZone", "PreferSameNode"$/);
});

test('tells of fields that do nothing', async () => {
  await using server = await startTestServer();
  const spec = { clusterIP: 'None', sessionAffinity: 'ClientIP', externalName: 'x.org', ports: [{ port: 80 }] };
  const { headers } = await server.call('POST', services, { metadata: { name: 's' }, spec });
  assert.equal(
    headers.get('warning'),
    '299 - "spec.SessionAffinity is ignored for headless services", 299 - "spec.externalName is ignored when spec.type is not \\"ExternalName\\""',
  );
});
