import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { findInstance, type Instance } from '@croft/platform/instance';
import { networkRanges, overlaps } from '@croft/platform/network-claims';
import { eventually, makeTinyCatalog, startInstance, type TestInstance } from '../support/instance.ts';
import { readHostState } from '../support/leftovers.ts';
import { tinyVersion } from '../support/tiny.ts';

test('two instances run side by side, and each goes without a trace', async (t) => {
  const catalog = await makeTinyCatalog(t);
  const [one, two] = await Promise.all([
    startInstance(t, { catalog, applications: ['tiny'] }),
    startInstance(t, { catalog, applications: ['tiny'] }),
  ]);
  const traces = [await tracesOf(one), await tracesOf(two)];
  await one.push(await tinyVersion(one, 1, { title: 'one' }));
  await two.push(await tinyVersion(two, 1, { title: 'two' }));

  await t.test('each is reached at its own port', async () => {
    await eventually(async () => assert.equal(await ask(one), 'one 1'));
    await eventually(async () => assert.equal(await ask(two), 'two 1'));
  });

  await t.test('Pods find and reach the Services of their own instance', async () => {
    const [first, second] = await Promise.all([one, two].map(async (instance) => await rangesOf(instance)));
    assert.ok(
      first && second && !overlaps(first.serviceCidr, second.serviceCidr) && !overlaps(first.podCidr, second.podCidr),
    );
    for (const [instance, ranges, text] of [
      [one, first, 'one 1'],
      [two, second, 'two 1'],
    ] as const) {
      await eventually(async () => assert.equal(await inPod(instance, 'wget -q -O - http://tiny'), text));
      const address = await instance.kubectl(
        'get',
        'service',
        '-n',
        'apps',
        'tiny',
        '-o',
        'jsonpath={.spec.clusterIP}',
      );
      assert.ok(overlaps(address, ranges.serviceCidr));
      assert.match(
        await inPod(instance, 'nslookup tiny.apps.svc.cluster.local'),
        new RegExp(`Address.*${address}$`, 'm'),
      );
    }
  });

  await t.test('one is uninstalled and leaves nothing; the other works', async () => {
    assert.notDeepEqual(await findTraces(traces[0]), []);
    await one.croft('uninstall', '--yes');
    assert.deepEqual(await findTraces(traces[0]), []);
    assert.equal(await ask(two), 'two 1');
    assert.equal(await inPod(two, 'wget -q -O - http://tiny'), 'two 1');
    await two.push(await tinyVersion(two, 2));
    await eventually(async () => assert.equal(await ask(two), 'two 2'));
  });

  await t.test('the other leaves nothing, too', async () => {
    await two.croft('uninstall', '--yes');
    assert.deepEqual(await findTraces(traces[1]), []);
  });
});

async function ask(instance: TestInstance): Promise<string> {
  return (await instance.ask(`tiny.${instance.domain}`)).body.trim();
}

async function inPod(instance: TestInstance, command: string): Promise<string> {
  const args = [
    'exec',
    '--namespace',
    'apps',
    'deployment/tiny',
    '--container',
    'web',
    '--',
    '/bin/busybox',
    ...command.split(' '),
  ];
  return (await instance.kubectl(...args)).trim();
}

async function getInstance({ dataDir }: TestInstance): Promise<Instance> {
  const instance = await findInstance(dataDir);
  assert.ok(instance);
  return instance;
}

async function rangesOf(instance: TestInstance) {
  return networkRanges((await getInstance(instance)).network);
}

interface Traces {
  dataDir: string;
  /** Words that stand in whatever the instance sets up on the machine. */
  words: string[];
  claim: string;
}

async function tracesOf(instance: TestInstance): Promise<Traces> {
  const { id, network } = await getInstance(instance);
  const { dnsAddress } = networkRanges(network);
  return {
    dataDir: instance.dataDir,
    words: [`croft-${id}`, `croft_${id}`, `${dnsAddress}/`, instance.dataDir],
    claim: join('/var/lib/croft-networks', String(network)),
  };
}

/** What of an instance is on the machine: links, addresses, rules, mounts, processes, control groups, files. */
async function findTraces(traces: Traces | undefined): Promise<string[]> {
  assert.ok(traces);
  const { words, claim, dataDir } = traces;
  const id = words[0] ?? '';
  const folders = [dataDir, `/sys/fs/cgroup/${id}`, `/sys/fs/cgroup/memory/${id}`, `/sys/fs/cgroup/pids/${id}`];
  const present = await Promise.all(
    folders.map(async (path) => ((await stat(path).catch(() => undefined)) === undefined ? [] : [`folder ${path}`])),
  );
  const claimedBy = await readFile(claim, 'utf8').catch(() => '');
  return [
    ...[...readHostState()].filter((line) => words.some((word) => line.includes(word))),
    ...present.flat(),
    ...(claimedBy === dataDir ? [`claim ${claim}`] : []),
  ];
}
