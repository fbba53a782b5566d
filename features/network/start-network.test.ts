// The whole on real parts: API server, rules in the kernel, DNS program, Caddy; in a network of its own.
import assert from 'node:assert/strict';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { endpointSlices, events, ingressClasses, ingresses, services } from '@croft/api/kinds';
import { createApiServer } from '@croft/apiserver/server';
import { createClient } from '@croft/client/client';
import { createInformers } from '@croft/client/informers';
import { systemClock } from '@croft/foundation/clock';
import { silentLog } from '@croft/foundation/log';
import { run } from '@croft/foundation/process';
import { openMemoryStore } from '@croft/store/memory-store';
import { removeNetwork } from './remove-network.ts';
import { startNetwork } from './start-network.ts';
import { testIngress, testService, testSlice } from './testing/objects.ts';
import { addBridge, addPod, startInPod, testInOwnNetwork } from './testing/own-network.ts';

const clock = systemClock;
const bridge = 'br-croft';
const networks = {
  instanceId: 'it',
  serviceCidr: '10.96.0.0/16',
  podCidr: '10.200.0.0/24',
  bridge,
  dnsAddress: '10.96.0.10',
  httpPort: 18_080,
  httpsPort: 18_443,
  domain: 'croft.test',
};

async function openInstance(t: TestContext) {
  const dataDir = await mkdtemp(join(tmpdir(), 'croft-network-'));
  const options = { ...networks, dataDir, runDir: join(dataDir, 'run'), clock, log: silentLog };
  const store = openMemoryStore();
  const server = await createApiServer({ store, serviceCidr: options.serviceCidr });
  const client = createClient((request) => server.fetch(request));
  const informers = createInformers(client, { clock, log: silentLog });
  t.after(async () => {
    await Promise.all([informers[Symbol.asyncDispose](), store[Symbol.asyncDispose]()]);
    await server[Symbol.asyncDispose]();
    await removeNetwork(options);
    await rm(dataDir, { recursive: true });
  });
  return { ...options, client, informers };
}

const https = (url: string, caPath: string, from?: string) => {
  const args = ['curl', '-sS', '--max-time', '15', '--cacert', caPath, url];
  const [command = '', ...rest] = from === undefined ? args : ['ip', 'netns', 'exec', from, ...args];
  return run(command, rest, { timeoutMs: 20_000 }).then(({ stdout }) => stdout);
};

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition().catch(() => false))) await clock.wait(20);
}

testInOwnNetwork(import.meta.filename, () => {
  test('a taken port is told of, and the front door opens once it is free', async (t) => {
    const taken = createServer();
    await once(taken.listen(networks.httpPort), 'listening');
    const network = await startNetwork(await openInstance(t));
    t.after(() => network[Symbol.asyncDispose]());
    assert.match(network.problems().join(), /Port 18080 of the front door is taken.*--http-port/);
    await new Promise((resolve) => taken.close(resolve));
    await until(async () => network.problems().length === 0);
    const { stdout } = await run('curl', ['-sS', 'http://127.0.0.1:18080/'], { timeoutMs: 10_000 });
    assert.match(stdout, /No application is reached/);
  });

  test('Services and Ingresses work, and go on while Croft is away', async (t) => {
    await addBridge(bridge, '10.200.0.1');
    await addPod('p2', bridge, '10.200.0.2', '10.200.0.1');
    const child = await startInPod(
      'p2',
      `require('node:http').createServer((q, r) => r.end('hello ' + q.headers.host)).listen(8080, () => console.log('up'))`,
    );
    t.after(() => child.kill());
    const instance = await openInstance(t);
    const { client, runDir } = instance;
    const resolver = new Resolver({ timeout: 2_000, tries: 2 });
    resolver.setServers([instance.dnsAddress]);
    const name = 'web.default.svc.cluster.local';
    const pids = async () => {
      const names = (await readdir(runDir)).filter((file) => file.endsWith('.pid')).sort();
      return await Promise.all(names.map(async (file) => `${file} ${await readFile(join(runDir, file), 'utf8')}`));
    };

    let network = await startNetwork(instance);
    assert.deepEqual(network.problems(), []);
    const ca = network.certificatePath;
    const { spec } = await client.create(services, testService('web'));
    const address = spec?.clusterIP ?? '';
    await client.create(endpointSlices, testSlice('web', ['10.200.0.2']));
    const wiki = testIngress('wiki', 'wiki.croft.test');
    const annotations = { 'nginx.ingress.kubernetes.io/configuration-snippet': 'deny all;' };
    await client.create(ingresses, { ...wiki, metadata: { ...wiki.metadata, annotations } });
    await client.create(ingresses, {
      ...testIngress('foreign', 'foreign.croft.test'),
      spec: { ...testIngress('foreign', 'foreign.croft.test').spec, ingressClassName: 'other' },
    });

    const works = async () => {
      assert.equal(await https(`http://${address}/`, ca), `hello ${address}`);
      assert.deepEqual(await resolver.resolve4(name), [address]);
      const resolve = ['--resolve', `wiki.croft.test:18443:127.0.0.1`];
      const { stdout } = await run(
        'curl',
        ['-sS', '--max-time', '15', '--cacert', ca, ...resolve, 'https://wiki.croft.test:18443/'],
        { timeoutMs: 20_000 },
      );
      assert.equal(stdout, 'hello wiki.croft.test:18443');
    };
    await until(async () => (await client.get(ingresses, { namespace: 'default', name: 'wiki' })).status !== undefined);
    await network.settled();

    await t.test('at once', works);

    await t.test('and Pods find the front door by the names of applications', async () => {
      assert.deepEqual(await resolver.resolve4('wiki.croft.test'), [instance.dnsAddress]);
      const direct = ['--resolve', `wiki.croft.test:18443:${instance.dnsAddress}`];
      const { stdout } = await run(
        'ip',
        ['netns', 'exec', 'p2', 'curl', '-sS', '--cacert', ca, ...direct, 'https://wiki.croft.test:18443/'],
        { timeoutMs: 20_000 },
      );
      assert.equal(stdout, 'hello wiki.croft.test:18443');
    });

    await t.test('and objects tell of it', async () => {
      const own = await client.get(ingresses, { namespace: 'default', name: 'wiki' });
      assert.match(own.status?.loadBalancer?.ingress?.[0]?.ip ?? '', /^\d+\.\d+\.\d+\.\d+$/);
      const foreign = await client.get(ingresses, { namespace: 'default', name: 'foreign' });
      assert.equal(foreign.status?.loadBalancer?.ingress, undefined);
      assert.equal((await client.get(ingressClasses, { name: 'croft' })).spec?.controller, 'croft.local/front-door');
      await until(async () => (await client.list(events, { namespace: 'default' })).items.length > 0);
      const [event] = (await client.list(events, { namespace: 'default' })).items;
      assert.equal(event?.reason, 'AnnotationIgnored');
      assert.match(event?.message ?? '', /configuration-snippet is not supported/);
    });

    const before = await pids();
    await network[Symbol.asyncDispose]();
    await t.test('and go on while it is stopped', works);

    network = await startNetwork(instance);
    await t.test('and are adopted by the next start', async () => {
      assert.deepEqual(await pids(), before);
      await works();
    });

    await t.test('and are started again when they die', async () => {
      for (const line of before) process.kill(Number(line.split(' ')[1]), 'SIGKILL');
      await until(async () => {
        const now = await pids();
        return now.length === before.length && now.every((line) => !before.includes(line));
      });
      await until(async () => {
        await works();
        return true;
      });
    });

    await network[Symbol.asyncDispose]();
    await removeNetwork(instance);
    await t.test('and nothing is left after removal', async () => {
      assert.deepEqual(await pids(), []);
      const { stdout: rules } = await run('nft', ['list', 'ruleset'], { timeoutMs: 5_000 });
      assert.doesNotMatch(rules, /croft/);
      const { stdout: addresses } = await run('ip', ['address', 'show', 'dev', 'lo'], { timeoutMs: 5_000 });
      assert.doesNotMatch(addresses, /10\.96\./);
      assert.deepEqual(await readdir(instance.dataDir), ['pki', 'run']);
    });
  });
});
