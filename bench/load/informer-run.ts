import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configMaps } from '@croft/api/kinds';
import { listen } from '@croft/apiserver/listen';
import { openPki, renderKubeconfig } from '@croft/apiserver/pki';
import { createApiServer } from '@croft/apiserver/server';
import { type Client, createClient } from '@croft/client/client';
import { systemClock } from '@croft/foundation/clock';
import { silentLog } from '@croft/foundation/log';
import { openSqliteStore } from '@croft/store/sqlite-store';
import { startCuttingProxy } from './cutting-proxy.ts';
import { watchNumbers } from './informer-watch.ts';

export interface InformerRun {
  readonly durationMs: number;
  readonly writesPerSecond: number;
  /** How long at most between two cuts of all connections, and between two compactions. */
  readonly cutMs: number;
  readonly compactMs: number;
}

export interface InformerResult {
  readonly writes: number;
  readonly cuts: number;
  readonly compactions: number;
  readonly events: number;
  readonly lists: number;
  readonly connects: number;
  readonly lost: readonly string[];
  /** Objects that the informer and the server do not agree on in the end. */
  readonly different: readonly string[];
}

const namespace = 'default';
const names = 40;

/**
 * Writes, cuts and compacts for a while, under an informer of the official JavaScript client; then waits until it has
 * all, half a minute at most.
 */
export async function runInformer(run: InformerRun): Promise<InformerResult> {
  await using stack = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), 'croft-informer-'));
  stack.defer(() => rm(dir, { recursive: true, force: true }));
  const store = stack.use(openSqliteStore({ path: join(dir, 'state.db') }));
  const pki = await openPki({ dir, hosts: ['127.0.0.1'], nowMs: systemClock.now() });
  const authority = pki.authority.certificate;
  const server = stack.use(await createApiServer({ store, authority }));
  const tls = { certificate: pki.server.certificate, key: pki.server.key, clientAuthority: authority };
  const { handle, upgrade } = server;
  const listener = stack.use(await listen({ host: '127.0.0.1', port: 0, tls, log: silentLog, handle, upgrade }));
  const proxy = stack.use(await startCuttingProxy(listener.port));
  const kubeconfig = renderKubeconfig(pki, `https://127.0.0.1:${proxy.port}`);
  const informer = stack.use(await watchNumbers(kubeconfig, namespace));
  const writer = startWriter(createClient(server.fetch));
  let cuts = 0;
  let compactions = 0;
  const stop = new AbortController();
  const repeated = [
    repeat(1000 / run.writesPerSecond, stop.signal, writer.write),
    repeatAtRandom(run.cutMs, stop.signal, () => {
      cuts += proxy.cut() > 0 ? 1 : 0;
    }),
    repeatAtRandom(run.compactMs, stop.signal, async () => {
      await store.compact(store.revision);
      compactions += 1;
    }),
  ];
  await systemClock.wait(run.durationMs);
  stop.abort();
  await Promise.all(repeated);
  const different = await settle(writer.numbers, informer.numbers);
  return { writes: writer.count(), cuts, compactions, ...informer.counts, lost: informer.lost, different };
}

/** Creates, changes and deletes objects whose number grows with each change of their name. */
function startWriter(client: Client) {
  const numbers = new Map<string, number>();
  const standing = new Map<string, number>();
  let count = 0;
  const write = async () => {
    const name = `n${Math.floor(Math.random() * names)}`;
    const metadata = { namespace, name, labels: { counted: 'yes' } };
    if (standing.has(name) && Math.random() < 0.1) {
      await client.remove(configMaps, { namespace, name });
      standing.delete(name);
    } else {
      const n = (numbers.get(name) ?? 0) + 1;
      numbers.set(name, n);
      const object = { metadata, data: { n: String(n) } };
      if (standing.has(name)) await client.replace(configMaps, object);
      else await client.create(configMaps, object);
      standing.set(name, n);
    }
    count += 1;
  };
  return { write, numbers: () => standing, count: () => count };
}

async function repeat(everyMs: number, signal: AbortSignal, work: () => Promise<void> | void): Promise<void> {
  while (!signal.aborted) {
    await work();
    await systemClock.wait(everyMs, signal).catch(() => {});
  }
}

async function repeatAtRandom(mostMs: number, signal: AbortSignal, work: () => Promise<void> | void): Promise<void> {
  for (;;) {
    await systemClock.wait(Math.random() * mostMs, signal).catch(() => {});
    if (signal.aborted) return;
    await work();
  }
}

async function settle(wanted: () => Map<string, number>, seen: () => Map<string, number>): Promise<string[]> {
  for (let tries = 0; ; tries += 1) {
    const [want, have] = [wanted(), seen()];
    const all = new Set([...want.keys(), ...have.keys()]);
    const different = [...all].filter((name) => want.get(name) !== have.get(name));
    if (different.length === 0 || tries === 300) return different;
    await systemClock.wait(100);
  }
}
