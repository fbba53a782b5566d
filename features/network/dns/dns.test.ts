// The DNS program as Pods see it: real queries over UDP and TCP.
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { Resolver } from 'node:dns/promises';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { systemClock } from '@croft/foundation/clock';
import { decode, encode, type Packet } from 'dns-packet';
import { testService, testSlice } from '../testing/objects.ts';
import { forwardQuery, type Transport } from './forward.ts';
import { listenForQueries } from './listen.ts';
import { renderRecords } from './render-records.ts';
import { startDns, stopDns, writeRecords } from './start-dns.ts';
import type { ZoneFile } from './zone.ts';
import { createZoneSource } from './zone-source.ts';

const clock = systemClock;
const port = 10_053;
/** Addresses of the loopback network that no other test uses. */
const freeAddress = () => `127.${randomInt(1, 255)}.${randomInt(256)}.${randomInt(1, 255)}`;

async function prepare(t: TestContext, resolvers: string[] = []) {
  const runDir = await mkdtemp(join(tmpdir(), 'croft-dns-'));
  const resolvPath = join(runDir, 'resolv.conf');
  await writeFile(resolvPath, resolvers.map((server) => `nameserver ${server}\n`).join(''));
  const options = { runDir, address: freeAddress(), port, clock, resolvPath };
  t.after(async () => {
    await stopDns(options);
    await rm(runDir, { recursive: true });
  });
  const resolver = new Resolver({ timeout: 3_000, tries: 2 });
  resolver.setServers([`${options.address}:${port}`]);
  const ask = async (name: string, type: string, transport: Transport = 'udp', extra: Packet = {}): Promise<Packet> => {
    const query = encode({ type: 'query', id: randomInt(65_536), questions: [{ name, type }], ...extra });
    const answer = await forwardQuery(query, [`${options.address}#${port}`], transport);
    assert.ok(answer, `no answer to ${name} ${type}`);
    return decode(answer);
  };
  return { options, resolver, ask };
}

async function startUpstream(t: TestContext, records: ZoneFile['records']): Promise<string> {
  const address = freeAddress();
  const server = await listenForQueries({
    address,
    port,
    source: { ...createZoneSource({ zones: ['example'], records }), resolvers: () => [] },
    onError: (error) => assert.fail(String(error)),
  });
  t.after(() => server[Symbol.asyncDispose]());
  return `${address}#${port}`;
}

const many = Array.from({ length: 60 }, (_, index) => `10.200.0.${index + 10}`);
const zoneFile = renderRecords(
  [
    testService('web', { clusterIP: '10.96.0.5' }),
    testService('many', { clusterIP: 'None' }),
    testService('db', { clusterIP: 'None' }),
    testService('outside', { type: 'ExternalName', externalName: 'www.example' }),
    testService('inside', { type: 'ExternalName', externalName: 'web.default.svc.cluster.local' }),
  ],
  [testSlice('many', many), testSlice('db', ['10.200.0.2'], 5432)],
  {
    clusterDomain: 'cluster.local',
    serviceCidr: '10.96.0.0/16',
    podCidr: '10.200.0.0/24',
    frontDoorNames: ['wiki.croft.example', '*.shop.croft.example'],
    frontDoorAddress: '10.96.0.10',
  },
);

test('names of the instance are answered', async (t) => {
  const { options, resolver, ask } = await prepare(t);
  await writeRecords(options.runDir, zoneFile);
  await startDns(options);
  assert.deepEqual(await resolver.resolve4('web.default.svc.cluster.local'), ['10.96.0.5']);
  assert.deepEqual(await resolver.resolve4('WEB.Default.svc.cluster.LOCAL'), ['10.96.0.5']);
  assert.deepEqual(await resolver.reverse('10.96.0.5'), ['web.default.svc.cluster.local']);
  assert.deepEqual(await resolver.resolveTxt('dns-version.cluster.local'), [['1.1.0']]);
  assert.deepEqual(await resolver.resolve4('wiki.croft.example'), ['10.96.0.10']);
  assert.deepEqual(await resolver.resolve4('any.shop.croft.example'), ['10.96.0.10']);
  assert.deepEqual(await resolver.resolve4('inside.default.svc.cluster.local'), ['10.96.0.5']);
  assert.deepEqual((await resolver.resolve4('many.default.svc.cluster.local')).sort(), many.toSorted());

  const srv = await ask('_http._tcp.db.default.svc.cluster.local', 'SRV');
  assert.deepEqual(srv.answers?.[0]?.data, {
    priority: 0,
    weight: 100,
    port: 5432,
    target: '10-200-0-2.db.default.svc.cluster.local',
  });
  assert.equal(srv.additionals?.[0]?.data, '10.200.0.2');
});

test('what has no record of a type is told from what does not exist', async (t) => {
  const { options, ask } = await prepare(t);
  await writeRecords(options.runDir, zoneFile);
  await startDns(options);
  const soaZones = (packet: Packet) => packet.authorities?.map(({ type, name }) => `${type} ${name}`);
  for (const [name, type] of [
    ['web.default.svc.cluster.local', 'AAAA'],
    ['web.default.svc.cluster.local', 'MX'],
    ['web.default.svc.cluster.local', 'UNKNOWN_65'],
    ['default.svc.cluster.local', 'A'],
    ['svc.cluster.local', 'A'],
    ['cluster.local', 'A'],
    ['_tcp.web.default.svc.cluster.local', 'A'],
  ] as const) {
    const packet = await ask(name, type);
    assert.equal(packet.rcode, 'NOERROR', name);
    assert.deepEqual([packet.answers, soaZones(packet)], [[], ['SOA cluster.local']], name);
  }
  for (const name of ['nothing.default.svc.cluster.local', 'wiki.croft.example.default.svc.cluster.local']) {
    const packet = await ask(name, 'A');
    assert.deepEqual([packet.rcode, soaZones(packet)], ['NXDOMAIN', ['SOA cluster.local']], name);
  }
  assert.equal((await ask('9.9.96.10.in-addr.arpa', 'PTR')).rcode, 'NXDOMAIN');
  assert.equal((await ask('wiki.croft.example', 'AAAA')).rcode, 'NOERROR');
});

test('long answers are cut for datagrams and whole on streams', async (t) => {
  const { options, ask } = await prepare(t);
  await writeRecords(options.runDir, zoneFile);
  await startDns(options);
  const cut = await ask('many.default.svc.cluster.local', 'A');
  assert.equal((cut.flags ?? 0) & 0x200, 0x200);
  assert.equal((await ask('many.default.svc.cluster.local', 'A', 'tcp')).answers?.length, many.length);
});

test('other names are asked of the host’s resolvers', async (t) => {
  const upstream = await startUpstream(t, { 'www.example': { a: ['203.0.113.1'] }, 'big.example': { a: many } });
  const { options, resolver, ask } = await prepare(t, ['127.255.255.254#9', upstream]);
  await writeRecords(options.runDir, zoneFile);
  await startDns(options);
  assert.deepEqual(await resolver.resolve4('www.example'), ['203.0.113.1']);
  assert.equal((await resolver.resolve4('big.example')).length, many.length);
  assert.equal((await ask('none.example', 'A')).rcode, 'NXDOMAIN');
  const alias = await ask('outside.default.svc.cluster.local', 'A');
  assert.deepEqual(
    alias.answers?.map(({ type, data }) => `${type} ${data}`),
    ['CNAME www.example', 'A 203.0.113.1'],
  );
});

test('without resolvers the answer is a failure at once', async (t) => {
  const { options, ask } = await prepare(t);
  await startDns(options);
  assert.equal((await ask('www.example', 'A')).rcode, 'SERVFAIL');
});

test('broken messages are answered and do no harm', async (t) => {
  const { options, ask } = await prepare(t);
  await writeRecords(options.runDir, zoneFile);
  await startDns(options);
  const broken = Buffer.from('1234010000010000000000003fff', 'hex');
  const answer = await forwardQuery(broken, [`${options.address}#${port}`], 'udp');
  assert.equal(answer && decode(answer).rcode, 'FORMERR');
  const none = await ask('x', 'A', 'udp', { questions: [] });
  assert.equal(none.rcode, 'NOTIMP');
  assert.equal((await ask('web.default.svc.cluster.local', 'A')).answers?.length, 1);
});

test('new records are taken up; broken ones leave the old', async (t) => {
  const { options, resolver } = await prepare(t);
  await startDns(options);
  const name = 'web.default.svc.cluster.local';
  await assert.rejects(resolver.resolve4(name));
  await writeRecords(options.runDir, zoneFile);
  await until(async () => (await resolver.resolve4(name)).includes('10.96.0.5'));
  await writeFile(join(options.runDir, 'dns-records.json'), '{"zones": [');
  await writeRecords(`${options.runDir}/elsewhere`, zoneFile);
  assert.deepEqual(await resolver.resolve4(name), ['10.96.0.5']);
});

test('the front door waits for the first backend of a Service', async (t) => {
  const { options, ask } = await prepare(t);
  await writeRecords(options.runDir, { ...zoneFile, records: {} });
  await startDns(options);
  const early = ask('web.default.backends.cluster.local', 'A');
  const name = 'web.default.backends.cluster.local';
  assert.equal((await ask(name, 'AAAA')).answers?.length, 0);
  await writeRecords(options.runDir, { ...zoneFile, records: { [name]: { a: ['10.200.0.2'] } } });
  assert.equal((await early).answers?.[0]?.data, '10.200.0.2');
});

test('a running program is adopted, and replaced when its settings change', async (t) => {
  const { options, resolver } = await prepare(t);
  await writeRecords(options.runDir, zoneFile);
  const pid = await startDns(options);
  assert.equal(await startDns(options), pid);
  const other = join(options.runDir, 'other.conf');
  const next = await startDns({ ...options, resolvPath: other });
  assert.notEqual(next, pid);
  await until(async () => !(await isRunning(pid)));
  assert.deepEqual(await resolver.resolve4('web.default.svc.cluster.local'), ['10.96.0.5']);
  await stopDns(options);
  await until(async () => !(await isRunning(next)));
});

test('an address that this machine does not have is named in the error', async (t) => {
  const { options } = await prepare(t);
  await assert.rejects(startDns({ ...options, address: '203.0.113.1' }), /203\.0\.113\.1/);
});

/** A process that has ended but was not yet waited for has no command line. */
async function isRunning(pid: number): Promise<boolean> {
  return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')) !== '';
}

/** Waits until the condition holds; the runner's own limit ends a wait in vain. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition().catch(() => false))) await clock.wait(10);
}
