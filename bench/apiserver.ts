/**
 * How fast Croft's Kubernetes API is and how much memory it takes, beside what Kubernetes needs for the same:
 * `node bench/apiserver.ts [--seconds 5] [--clients 1,16,64] [--only create,get,update,apply,watch,list]`. With
 * `--kubeconfig FILE` the same load goes to that cluster too, in the same run.
 */
import { execFile } from 'node:child_process';
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import { readConnection } from './load/connection.ts';
import { configMap, pendingPod } from './load/objects.ts';
import { type ServerProcess, startServer } from './load/server-process.ts';
import { openTransport } from './load/transport.ts';
import { forEach } from './load/window.ts';
import { reference } from './reference.ts';

type Numbers = Record<string, number>;

const { values } = parseArgs({
  options: {
    kubeconfig: { type: 'string' },
    only: { type: 'string', default: 'create,get,update,apply,watch,list' },
    seconds: { type: 'string', default: '5' },
    clients: { type: 'string', default: '1,16,64' },
    protocols: { type: 'string', default: 'h1,h2' },
  },
});
const mib = 1024 * 1024;
const namespace = '/api/v1/namespaces/default';

const folder = mkdtempSync(join(tmpdir(), 'croft-bench-'));
try {
  const cache = join(folder, 'cache');
  const disk = measureDisk(join(folder, 'disk'));
  const croft = { ...disk, ...(await measureProcess(join(folder, 'memory'), cache)), ...(await measureLoad(cache)) };
  const cluster = values.kubeconfig === undefined ? {} : await runLoad(values.kubeconfig);
  printTable(croft, cluster);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** How long the disk takes for 4 KiB that are to stay: no write, and no event of one, comes sooner. */
function measureDisk(file: string): Numbers {
  const block = Buffer.alloc(4096);
  const times: number[] = [];
  const disk = openSync(file, 'w');
  for (let index = 0; index < 2000; index++) {
    const begin = performance.now();
    writeSync(disk, block);
    fdatasyncSync(disk);
    times.push(performance.now() - begin);
  }
  closeSync(disk);
  times.sort((a, b) => a - b);
  const at = (part: number) => Math.round((times[Math.floor(times.length * part)] ?? 0) * 10) / 10;
  return {
    'disk: fdatasync p50 ms': at(0.5),
    'disk: fdatasync p99 ms': at(0.99),
    'disk: fdatasync at most ms': at(0.9999),
  };
}

/** Start and memory: the second start counts, as the first one makes keys and compiles. */
async function measureProcess(dataDir: string, cache: string): Promise<Numbers> {
  {
    await using server = await startServer(dataDir, cache);
    await fill(server, 'configmaps', 400, configMap);
  }
  await using server = await startServer(dataDir, cache);
  await setTimeout(2000);
  const idle = server.residentBytes();
  const bytes = await fill(server, 'pods', 5000, pendingPod);
  const growth = (server.residentBytes() - idle) / bytes;
  return {
    'ready after start, ms': server.readyMs,
    'idle with 500 objects, MiB': Math.round(idle / mib),
    'memory for 5,000 Pods, times their JSON': Math.round(growth * 10) / 10,
  };
}

/** Gives the size of what was made, as the server stores it. */
async function fill(
  { kubeconfig }: ServerProcess,
  plural: string,
  count: number,
  render: (name: string) => string,
): Promise<number> {
  using transport = await openTransport('h1', readConnection(kubeconfig), 16);
  let bytes = 0;
  await forEach(count, async (index) => {
    const call = { method: 'POST', path: `${namespace}/${plural}`, body: render(`m-${index}`) };
    const size = await transport.send(call);
    bytes += size;
  });
  return bytes;
}

/** Each measure with a server of its own, for the time that the server spends on it. */
async function measureLoad(cache: string): Promise<Numbers> {
  const figures: Numbers = {};
  for (const only of values.only.split(',')) {
    await using server = await startServer(join(folder, only), cache);
    const before = server.cpuMs();
    Object.assign(figures, await runLoad(server.kubeconfig, only));
    figures[`${only}: server's CPU, s`] = Math.round(server.cpuMs() - before) / 1000;
    figures[`${only}: memory after it, MiB`] = Math.round(server.residentBytes() / mib);
  }
  return figures;
}

/** The load from a process of its own; figures by name and unit. */
async function runLoad(kubeconfig: string, only = values.only): Promise<Numbers> {
  const { seconds, clients, protocols } = values;
  const main = join(import.meta.dirname, 'load/main.ts');
  const args = Object.entries({ kubeconfig, only, seconds, clients, protocols }).map(([k, v]) => `--${k}=${v}`);
  const { stdout } = await promisify(execFile)(process.execPath, [main, ...args], { timeout: 30 * 60_000 });
  const units = { perSecond: '/s', p50Ms: 'p50 ms', p99Ms: 'p99 ms', missing: 'events missing' };
  const figures: Numbers = {};
  for (const [name, measured] of Object.entries(JSON.parse(stdout) as Record<string, Numbers>)) {
    for (const [field, unit] of Object.entries(units)) {
      const value = measured[field];
      if (value !== undefined) figures[`${name} ${unit}`] = value;
    }
  }
  return figures;
}

function printTable(croft: Numbers, cluster: Numbers): void {
  const rows = Object.keys({ ...croft, ...cluster }).map((name) => {
    const known = reference[name];
    const kubernetes = known === undefined || Number.isNaN(known.kubernetes) ? '' : known.kubernetes;
    return [
      name,
      croft[name] ?? '',
      known?.target ?? '',
      kubernetes,
      ...(values.kubeconfig ? [cluster[name] ?? ''] : []),
    ];
  });
  const head = [
    'measure',
    'Croft',
    'to reach',
    'Kubernetes (recorded)',
    ...(values.kubeconfig ? ['that cluster'] : []),
  ];
  for (const row of [head, head.map(() => '---'), ...rows]) process.stdout.write(`| ${row.join(' | ')} |\n`);
}
