/**
 * How a whole instance behaves, beside the limits that it is to keep: `node bench/platform.ts [--fresh]`, as root. With
 * the small application of the tests; with `--fresh` WordPress and TiddlyWiki, their images built first (minutes).
 */
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { pods } from '@croft/api/kinds';
import { readKubeconfigClient } from '@croft/client/kubeconfig';
import { systemClock } from '@croft/foundation/clock';
import { findDaemon } from '@croft/platform/daemon';
import { eventually, makeTinyCatalog, startInstance, type TestInstance } from '../test/support/instance.ts';
import { tinyVersion } from '../test/support/tiny.ts';
import { startTraffic } from '../test/support/traffic.ts';

interface Measure {
  name: string;
  value: number;
  limit: number;
  unit: string;
}

const kills = 5;
const idleMs = 30_000;
const fresh = process.argv.includes('--fresh');
const applications = fresh ? ['wordpress', 'tiddlywiki'] : ['tiny'];
const hostOf = (instance: TestInstance) => `${applications[0]}.${instance.domain}`;
/** WordPress makes a page of its own in a tenth of a second: so many at once tell of PHP, not of the front door. */
const path = fresh ? '/wp-includes/images/blank.gif' : '/';

await using stack = new AsyncDisposableStack();
const cleanup = { after: (work: () => Promise<void>) => stack.defer(work) };
const begun = performance.now();
const instance = await startInstance(cleanup, {
  ...(fresh ? {} : { catalog: await makeTinyCatalog(cleanup) }),
  applications,
  launcher: true,
  onOutput: (text) => process.stderr.write(text),
});
if (fresh) print({ name: 'first up to WordPress answering', value: secondsSince(begun), limit: 480, unit: 's' });
for (const measure of await measureStart()) print(measure);
print(await measureMemory());
print(await measureKills());
if (!fresh) print(await measurePush());

function print({ name, value, limit, unit }: Measure): void {
  const verdict = value <= limit ? 'kept' : 'NOT KEPT';
  console.log(`${name.padEnd(48)} ${value.toFixed(2).padStart(8)} ${unit.padEnd(8)} limit ${limit} ${verdict}`);
}

function secondsSince(beginMs: number): number {
  return (performance.now() - beginMs) / 1000;
}

/** From the command `up` on a stopped instance. */
async function measureStart(): Promise<Measure[]> {
  await instance.croft('down');
  const begin = performance.now();
  const up = instance.croft('up', '--no-install');
  await eventually(() => askApi(), 60_000, 5);
  const api = secondsSince(begin);
  await eventually(() => askAll(), 120_000, 20);
  const answering = secondsSince(begin);
  await up;
  return [
    { name: 'up on a stopped instance: API ready', value: api, limit: 1, unit: 's' },
    { name: 'up on a stopped instance: applications answering', value: answering, limit: 20, unit: 's' },
  ];
}

/** Throws while the API does not say that it is ready. */
async function askApi(): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const options = {
      host: '127.0.0.1',
      port: instance.apiPort,
      path: '/readyz',
      rejectUnauthorized: false,
      agent: false,
    };
    const asked = request(options, (answer) => {
      answer.resume();
      if (answer.statusCode === 200) resolve();
      else reject(new Error(`/readyz: ${answer.statusCode}`));
    });
    asked.on('error', reject);
    asked.end();
  });
}

async function askAll(): Promise<void> {
  for (const name of applications) {
    const { status } = await instance.ask(`${name}.${instance.domain}`);
    if (status >= 500 || status === 404) throw new Error(`${name}: ${status}`);
  }
}

async function measureMemory(): Promise<Measure> {
  await systemClock.wait(idleMs);
  const daemon = await findDaemon(instance.dataDir);
  const status = await readFile(`/proc/${daemon?.pid}/status`, 'utf8');
  const kibibytes = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]);
  return { name: 'idle memory of the Croft process', value: kibibytes / 1024, limit: 150, unit: 'MiB' };
}

async function measureKills(): Promise<Measure> {
  await using traffic = await startTraffic(instance, hostOf(instance), { path });
  for (let count = 0; count < kills; count += 1) {
    await systemClock.wait(1_000);
    await instance.killCroft();
    instance.startCroft();
    await eventually(() => askApi());
  }
  await instance.croft('up', '--no-install');
  await traffic.stop();
  for (const failure of traffic.failures.slice(0, 3)) console.error(failure);
  const asked = [...traffic.answers.values()].reduce((sum, count) => sum + count, traffic.failures.length);
  return {
    name: `failed of ${asked} requests over ${kills} kills`,
    value: traffic.failures.length,
    limit: 0,
    unit: 'requests',
  };
}

/** From the beginning of `git push` to the new Pod's Ready, its image being there. */
async function measurePush(): Promise<Measure> {
  const files = await tinyVersion(instance, 1, { title: 'pushed' });
  using client = await readKubeconfigClient(join(instance.dataDir, 'kubeconfig'), 'bench');
  const list = async () => (await client.list(pods, { namespace: 'apps', labelSelector: 'app=tiny' })).items;
  const before = new Set((await list()).map(({ metadata }) => metadata.uid));
  let begin = 0;
  await instance.push(files, () => {
    begin = performance.now();
  });
  await eventually(
    async () => {
      const fresh = (await list()).find(({ metadata }) => !before.has(metadata.uid));
      const ready = fresh?.status?.conditions?.find(({ type }) => type === 'Ready');
      if (ready?.status !== 'True') throw new Error('the new Pod is not ready');
    },
    60_000,
    20,
  );
  return { name: 'git push to the new Pod Ready', value: secondsSince(begin), limit: 6, unit: 's' };
}
