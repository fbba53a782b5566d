import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testService, testSlice } from '../testing/objects.ts';
import { renderRecords } from './render-records.ts';

const options = {
  clusterDomain: 'cluster.local',
  serviceCidr: '10.96.0.0/16',
  podCidr: '10.200.0.0/24',
  frontDoorNames: [] as string[],
  frontDoorAddress: '10.96.0.10',
};

test('a Service has an address, its ports and the way back', () => {
  const { records } = renderRecords([testService('web', { clusterIP: '10.96.0.5' }), testService('new')], [], options);
  assert.deepEqual(records['web.default.svc.cluster.local'], {
    a: ['10.96.0.5'],
    srv: [{ target: 'web.default.svc.cluster.local', port: 80 }],
  });
  assert.deepEqual(records['_http._tcp.web.default.svc.cluster.local']?.srv, [
    { target: 'web.default.svc.cluster.local', port: 80 },
  ]);
  assert.deepEqual(records['5.0.96.10.in-addr.arpa']?.ptr, ['web.default.svc.cluster.local']);
  assert.equal(records['new.default.svc.cluster.local'], undefined);
});

test('a headless Service has the addresses of its ready Pods, under their host names too', () => {
  const slice = testSlice('db', ['10.200.0.2', '10.200.0.3', '10.200.0.4'], 5432);
  Object.assign(slice.endpoints[0] ?? {}, { hostname: 'db-0' });
  Object.assign(slice.endpoints[2] ?? {}, { conditions: { ready: false } });
  const { records } = renderRecords([testService('db', { clusterIP: 'None' })], [slice], options);
  assert.deepEqual(records['db.default.svc.cluster.local']?.a, ['10.200.0.2', '10.200.0.3']);
  assert.deepEqual(records['db-0.db.default.svc.cluster.local']?.a, ['10.200.0.2']);
  assert.deepEqual(records['10-200-0-3.db.default.svc.cluster.local']?.a, ['10.200.0.3']);
  assert.deepEqual(records['_http._tcp.db.default.svc.cluster.local']?.srv, [
    { target: '10-200-0-3.db.default.svc.cluster.local', port: 5432 },
    { target: 'db-0.db.default.svc.cluster.local', port: 5432 },
  ]);
  assert.deepEqual(records['2.0.200.10.in-addr.arpa']?.ptr, ['db-0.db.default.svc.cluster.local']);
});

test('publishNotReadyAddresses names Pods that are not ready', () => {
  const slice = testSlice('db', ['10.200.0.2']);
  Object.assign(slice.endpoints[0] ?? {}, { hostname: 'db-0', conditions: { ready: false } });
  const service = testService('db', { clusterIP: 'None', publishNotReadyAddresses: true });
  const { records } = renderRecords([service], [slice], options);
  assert.deepEqual(records['db-0.db.default.svc.cluster.local']?.a, ['10.200.0.2']);
});

test('an ExternalName Service is an alias, and the front door answers for the names given', () => {
  const service = testService('outside', { type: 'ExternalName', externalName: 'Example.org.' });
  const names = { ...options, frontDoorNames: ['Wiki.croft.test', '*.shop.croft.test'] };
  const { records } = renderRecords([service], [], names);
  assert.deepEqual(records['outside.default.svc.cluster.local'], { cname: 'example.org' });
  assert.deepEqual(records['wiki.croft.test'], { a: ['10.96.0.10'] });
  assert.deepEqual(records['*.shop.croft.test'], { a: ['10.96.0.10'] });
});

test('the reverse zones cover networks whose prefix ends anywhere', () => {
  const zones = (serviceCidr: string) => renderRecords([], [], { ...options, serviceCidr }).zones.slice(1, -1);
  assert.deepEqual(zones('10.96.0.0/16'), ['96.10.in-addr.arpa']);
  assert.deepEqual(
    zones('10.96.16.0/22'),
    [16, 17, 18, 19].map((octet) => `${octet}.96.10.in-addr.arpa`),
  );
  assert.deepEqual(
    zones('10.96.0.8/30'),
    [8, 9, 10, 11].map((octet) => `${octet}.0.96.10.in-addr.arpa`),
  );
});
