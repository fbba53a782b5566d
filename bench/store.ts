/**
 * How fast the store is, and how much memory it takes: `node bench/store.ts [FOLDER]` prints one JSON object. FOLDER
 * chooses the disk; the temporary folder when left out.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RevisionLog } from '@croft/store/contract';
import { openSqliteStore } from '@croft/store/sqlite-store';

const valueSize = 3300;
const durationMs = 1500;

const key = (index: number) => `/registry/pods/default/pod-${String(index).padStart(6, '0')}`;

/** A text like a stored Pod, different for each revision. */
function encode(revision: number): string {
  return JSON.stringify({ metadata: { resourceVersion: `${revision}` }, data: `${revision}`.padEnd(valueSize, 'x') });
}

async function putsPerSecond(store: RevisionLog, clients: number): Promise<{ perSecond: number; p99Ms: number }> {
  const times: number[] = [];
  const end = performance.now() + durationMs;
  const write = async (client: number) => {
    for (let round = 0; performance.now() < end; round++) {
      const begin = performance.now();
      await store.put(`${key(client)}-${round % 50}`, encode);
      times.push(performance.now() - begin);
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, client) => write(client)));
  times.sort((a, b) => a - b);
  return { perSecond: rate(times.length, durationMs), p99Ms: round2(times[Math.floor(times.length * 0.99)] ?? 0) };
}

/** Milliseconds of one call: the median of many. */
function medianMs(calls: number, call: (index: number) => void): number {
  const times = Array.from({ length: calls }, (_, index) => {
    const begin = performance.now();
    call(index);
    return performance.now() - begin;
  });
  return times.sort((a, b) => a - b)[calls >> 1] ?? 0;
}

function getsPerSecond(store: RevisionLog, keys: number): number {
  const gets = 300_000;
  const begin = performance.now();
  let found = 0;
  for (let index = 0; index < gets; index++) if (store.get(key((index * 7919) % keys)) !== undefined) found += 1;
  if (found !== gets) throw new Error(`${gets - found} keys were not found`);
  return rate(gets, performance.now() - begin);
}

/** Fills a new store; gives the growth of the resident memory for each byte stored, and how long the keys took. */
async function fill(store: RevisionLog, keys: number): Promise<{ seconds: number; rssPerByte: number }> {
  const before = process.memoryUsage().rss;
  const begin = performance.now();
  let stored = 0;
  for (let start = 0; start < keys; start += 64) {
    const batch = Array.from({ length: 64 }, (_, index) => store.put(key(((start + index) * 7919) % keys), encode));
    for (const entry of await Promise.all(batch)) stored += entry.value.length;
  }
  const seconds = round2((performance.now() - begin) / 1000);
  return { seconds, rssPerByte: round2((process.memoryUsage().rss - before) / stored) };
}

function rate(count: number, ms: number): number {
  return Math.round((count / ms) * 1000);
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}

async function measureReads(store: RevisionLog, keys: number) {
  const five = { limit: 5000, after: key(Math.floor(keys / 4)) };
  const past = store.revision;
  await Promise.all(Array.from({ length: 1000 }, (_, index) => store.put(key(index * 7), encode)));
  return {
    getsPerSecond: getsPerSecond(store, keys),
    range5000Ms: round2(medianMs(50, () => store.range('/registry/pods/', five))),
    range5000ThousandChangesAgoMs: round2(
      medianMs(20, () => store.range('/registry/pods/', { ...five, revision: past })),
    ),
  };
}

const folder = mkdtempSync(join(process.argv[2] ?? tmpdir(), 'croft-bench-'));
try {
  const path = join(folder, 'state.db');
  const keys = 20_032;
  const figures: Record<string, unknown> = {};
  {
    await using store = openSqliteStore({ path });
    figures.fill20000 = await fill(store, keys);
    figures.reads = await measureReads(store, keys);
    figures.put1Client = await putsPerSecond(store, 1);
    figures.put64Clients = await putsPerSecond(store, 64);
    const begin = performance.now();
    const { revision } = store;
    await store.compact(revision);
    figures.compact = { revisions: revision, seconds: round2((performance.now() - begin) / 1000) };
  }
  const begin = performance.now();
  await using store = openSqliteStore({ path });
  figures.open = { keys: store.count(''), seconds: round2((performance.now() - begin) / 1000) };
  figures.rssMb = Math.round(process.memoryUsage().rss / 1e6);
  console.log(JSON.stringify(figures, undefined, 2));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
