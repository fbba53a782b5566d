/**
 * Flux's published benchmark on the embedded API: N HelmReleases of one small chart from one repository until all are
 * Ready, then an upgrade of all; the same for Kustomizations; and how soon a push is applied.
 * `node bench/gitops.ts [--counts 100,500] [--kinds helm,kustomize,push] [--https] [--idle 10]`
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import type { Kind } from '@croft/api/kind';
import { configMaps, customResourceDefinitions, namespaces } from '@croft/api/kinds';
import type { KubeObject } from '@croft/api/object';
import { listen } from '@croft/apiserver/listen';
import { openPki } from '@croft/apiserver/pki';
import { createApiServer } from '@croft/apiserver/server';
import { type Client, createClient } from '@croft/client/client';
import { fixedCredentials } from '@croft/client/credentials';
import { createHttpsFetch } from '@croft/client/https-fetch';
import { createInformers, type Informers } from '@croft/client/informers';
import { findCondition } from '@croft/controller/conditions';
import { systemClock } from '@croft/foundation/clock';
import { silentLog } from '@croft/foundation/log';
import { gitopsDefinitions } from '@croft/gitops/definitions';
import { type HelmRelease, helmReleases } from '@croft/gitops/helm-release/types';
import { type Kustomization, kustomizations } from '@croft/gitops/kustomization/types';
import { startGitops } from '@croft/gitops/start';
import { gitRepositories } from '@croft/gitops/types';
import { allocatorOptions, nodeOptions } from '@croft/platform/daemon';
import { openSqliteStore } from '@croft/store/sqlite-store';
import { createRepository, type TestRepository } from '../test/support/repository.ts';

const { values } = parseArgs({
  options: {
    counts: { type: 'string', default: '100,500,1000' },
    kinds: { type: 'string', default: 'helm,kustomize,push' },
    https: { type: 'boolean', default: false },
    idle: { type: 'string', default: '10' },
    pushes: { type: 'string', default: '20' },
  },
});
const namespace = 'bench';
const sourceRef = { kind: 'GitRepository', name: 'source' } as const;
/** What the aims are, in seconds. */
const limits: Record<number, number> = { 100: 2, 500: 9, 1000: 20 };

interface Bench {
  client: Client;
  informers: Informers;
  repository: TestRepository;
}

async function startBench(stack: AsyncDisposableStack): Promise<Bench> {
  const root = await mkdtemp(join(tmpdir(), 'croft-bench-'));
  stack.defer(() => rm(root, { recursive: true, force: true }));
  const [clock, log] = [systemClock, silentLog];
  const store = stack.use(openSqliteStore({ path: join(root, 'state.db') }));
  const pki = await openPki({ dir: join(root, 'pki'), hosts: ['127.0.0.1'], nowMs: Date.now() });
  const authority = pki.authority.certificate;
  const api = stack.use(await createApiServer({ store, clock, log, authority }));
  let client = createClient(api.fetch);
  if (values.https) {
    const tls = { certificate: pki.server.certificate, key: pki.server.key, clientAuthority: authority };
    const { port } = stack.use(await listen({ host: '127.0.0.1', port: 0, tls, log, ...api }));
    const { certificate: cert, key } = pki.admin;
    const credentials = fixedCredentials({ cert, key });
    const fetch = stack.use(createHttpsFetch({ ca: authority, credentials }));
    client = createClient(fetch, { origin: `https://127.0.0.1:${port}` });
  }
  const informers = stack.use(createInformers(client, { clock, log }));
  const stop = new AbortController();
  for (const definition of gitopsDefinitions)
    await client.apply(customResourceDefinitions, definition, { force: true });
  await client.create(namespaces, { metadata: { name: namespace } });
  const context = { client, informers, clock, log, signal: stop.signal };
  stack.use(startGitops(context, { artifactsDir: join(root, 'artifacts'), cacheDir: join(root, 'cache') }));
  stack.defer(() => stop.abort(new Error('the measure is over')));
  return { client, informers, repository: await createRepository(root) };
}

async function follow({ client, repository }: Bench, files: Record<string, string>): Promise<void> {
  await repository.commit(files);
  await client.create(gitRepositories, {
    metadata: { namespace, name: 'source' },
    spec: { url: repository.url, interval: '1h', ref: { branch: 'main' } },
  });
}

/** Resolves once so many objects are as asked. */
async function untilAll<T extends KubeObject>(
  { informers }: Bench,
  kind: Kind<T>,
  count: number,
  is: (object: T) => boolean,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const done = new Set<string>();
  using _ = informers.of(kind).onChange(({ object }) => {
    if (!is(object)) return;
    done.add(object.metadata.name);
    if (done.size === count) resolve();
  });
  await promise;
}

const isReady = (object: HelmRelease | Kustomization) =>
  findCondition(object.status?.conditions, 'Ready')?.status === 'True';
const seconds = (begin: number) => (performance.now() - begin) / 1000;

/** A stopwatch of both clocks: on a machine that others use, the CPU time tells more. */
function startWatch(): (name: string, limit: number | undefined) => void {
  const begin = performance.now();
  const cpu = process.cpuUsage();
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  return (name, limit) => {
    delay.disable();
    const { user, system } = process.cpuUsage(cpu);
    print(name, seconds(begin), 's', limit);
    print(`${name}, CPU`, (user + system) / 1e6, 's');
    print(`${name}, main thread held, p99`, delay.percentile(99) / 1e6, 'ms');
    print(`${name}, main thread held, longest`, delay.max / 1e6, 'ms');
  };
}

function print(name: string, value: number, unit: string, limit?: number): void {
  const verdict = limit === undefined ? '' : `limit ${limit} ${value <= limit ? 'kept' : 'NOT KEPT'}`;
  console.log(`${name.padEnd(44)} ${value.toFixed(2).padStart(8)} ${unit.padEnd(4)} ${verdict}`);
}

const chart = (version: string) => ({
  'chart/Chart.yaml': `apiVersion: v2\nname: small\nversion: ${version}\n`,
  'chart/values.yaml': 'text: default\n',
  'chart/templates/all.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}}\ndata: {text: {{ .Values.text }}, version: "{{ .Chart.Version }}"}\n---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: {{ .Release.Name }}}\n',
});

async function measureReleases(count: number): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const bench = await startBench(stack);
  await follow(bench, chart('1.0.0'));
  const chartSpec = { spec: { chart: './chart', sourceRef } };
  const installed = startWatch();
  await createAll(count, (name) =>
    bench.client.create(helmReleases, { metadata: { namespace, name }, spec: { interval: '1h', chart: chartSpec } }),
  );
  await untilAll(bench, helmReleases, count, isReady);
  installed(`${count} HelmReleases installed`, limits[count]);
  const upgraded = startWatch();
  await bench.repository.commit(chart('2.0.0'));
  const isNew = (object: HelmRelease) => isReady(object) && object.status?.history?.[0]?.chartVersion === '2.0.0';
  await untilAll(bench, helmReleases, count, isNew);
  upgraded(`${count} HelmReleases upgraded`, limits[count]);
  await measureIdle(`${count} HelmReleases`);
}

const configMap = (name: string, text: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: ${namespace}}\ndata: {text: ${text}}\n`;

async function measureKustomizations(count: number): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const bench = await startBench(stack);
  const names = Array.from({ length: count }, (_, index) => `app-${index}`);
  const folders = (text: string) =>
    Object.fromEntries(names.map((name) => [`${name}/all.yaml`, configMap(name, text)]));
  await follow(bench, folders('one'));
  const installed = startWatch();
  await createAll(count, (name) =>
    bench.client.create(kustomizations, {
      metadata: { namespace, name },
      spec: { interval: '1h', prune: true, path: `./${name}`, sourceRef },
    }),
  );
  await untilAll(bench, kustomizations, count, isReady);
  installed(`${count} Kustomizations applied`, limits[count]);
  const changed = startWatch();
  const commit = await bench.repository.commit(folders('two'));
  const isNew = ({ status }: Kustomization) => status?.lastAppliedRevision?.endsWith(commit) === true;
  await untilAll(bench, kustomizations, count, isNew);
  changed(`${count} Kustomizations changed`, limits[count]);
  await measureIdle(`${count} Kustomizations`);
}

/** From the end of a push until the object is applied, and until the release of a pushed chart is Ready. */
async function measurePushes(): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const bench = await startBench(stack);
  await follow(bench, { ...chart('1.0.0'), 'app/all.yaml': configMap('app', 'n0') });
  await bench.client.create(kustomizations, {
    metadata: { namespace, name: 'app' },
    spec: { interval: '1h', prune: true, path: './app', sourceRef },
  });
  await bench.client.create(helmReleases, {
    metadata: { namespace, name: 'small' },
    spec: { interval: '1h', chart: { spec: { chart: './chart', sourceRef } } },
  });
  await untilAll(bench, helmReleases, 1, isReady);
  await untilAll(bench, kustomizations, 1, isReady);
  const [applied, ready]: [number[], number[]] = [[], []];
  for (let count = 1; count <= Number(values.pushes); count++) {
    const [text, version] = [`n${count}`, `1.0.${count}`];
    await bench.repository.commit({ ...chart(version), 'app/all.yaml': configMap('app', text) });
    const begin = performance.now();
    const isApplied = untilAll(bench, configMaps, 1, ({ data }) => data?.text === text).then(() => {
      applied.push(seconds(begin));
    });
    const isNew = (object: HelmRelease) => isReady(object) && object.status?.history?.[0]?.chartVersion === version;
    await untilAll(bench, helmReleases, 1, isNew);
    ready.push(seconds(begin));
    await isApplied;
  }
  printSpread('push to the applied object', applied, 0.5);
  printSpread('push to the Ready HelmRelease', ready, 0.8);
}

function printSpread(name: string, times: number[], limit: number): void {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
  print(`${name}, p50`, at(0.5), 's');
  print(`${name}, p95`, at(0.95), 's', limit);
}

async function createAll(count: number, create: (name: string) => Promise<unknown>): Promise<void> {
  const names = Array.from({ length: count }, (_, index) => `app-${index}`).values();
  const work = async () => {
    for (const name of names) await create(name);
  };
  await Promise.all(Array.from({ length: 16 }, work));
}

async function measureIdle(what: string): Promise<void> {
  print(`${what}: memory`, process.memoryUsage().rss / 2 ** 20, 'MiB', 350);
  const idleMs = Number(values.idle) * 1000;
  if (idleMs === 0) return;
  await untilCalm();
  const before = process.cpuUsage();
  await systemClock.wait(idleMs);
  const { user, system } = process.cpuUsage(before);
  print(`${what}: idle, of one core`, ((user + system) / 1000 / idleMs) * 100, '%', 2);
}

/** Events and charts are written until some seconds after the last release is Ready. */
async function untilCalm(): Promise<void> {
  for (let second = 0; second < 60; second++) {
    const before = process.cpuUsage();
    await systemClock.wait(1_000);
    const { user, system } = process.cpuUsage(before);
    if (user + system < 30_000) return;
  }
}

/** In a process of its own, with the settings of the launcher for a server: what one measure has held does not count for the next. */
function measureApart(...args: string[]): void {
  const env = { ...process.env, ...allocatorOptions };
  const command = [...nodeOptions, import.meta.filename, ...args, '--idle', values.idle];
  if (values.https) command.push('--https');
  const { status } = spawnSync(process.execPath, command, { env, stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}

const measures: Record<string, (count: number) => Promise<void>> = {
  helm: measureReleases,
  kustomize: measureKustomizations,
  push: measurePushes,
};
const kinds = values.kinds.split(',');
const counts = values.counts.split(',');
const [kind = '', ...moreKinds] = kinds;
if (moreKinds.length === 0 && counts.length === 1) {
  await measures[kind]?.(Number(counts[0]));
} else {
  const sized = kinds.filter((one) => one !== 'push');
  for (const count of counts) for (const one of sized) measureApart('--counts', count, '--kinds', one);
  if (kinds.includes('push')) measureApart('--counts', '1', '--kinds', 'push', '--pushes', values.pushes);
}
