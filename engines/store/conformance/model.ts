import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import type { RevisionLog } from '../contract.ts';
import { describeChange, type OpenStore } from './fixtures.ts';

interface Step {
  key: string;
  action: 'put' | 'delete';
  /** The write begins a new tick. */
  newTick: boolean;
  compact: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  key: fc.constantFrom('/a', '/a/b', '/a/c', '/b', '/b/a', '/c'),
  action: fc.constantFrom('put', 'put', 'delete'),
  newTick: fc.boolean(),
  compact: fc.integer({ min: 0, max: 20 }).map((n) => n === 0),
});

/** Keys and values as they were at each revision. */
type Model = Map<string, string>[];

async function play(store: RevisionLog, steps: readonly Step[]): Promise<Model> {
  const model: Model = [new Map()];
  let writes: Promise<unknown>[] = [];
  for (const { key, action, newTick, compact } of steps) {
    if (newTick || compact) {
      await Promise.all(writes);
      writes = [];
    }
    if (compact) await store.compact(Math.floor((store.compactedRevision + store.revision) / 2));
    const next = new Map(model.at(-1));
    if (action === 'put') next.set(key, `v${model.length}`);
    writes.push(action === 'put' ? store.put(key, (revision) => `v${revision}`) : store.delete(key));
    if (action === 'put' || next.delete(key)) model.push(next);
  }
  await Promise.all(writes);
  return model;
}

function checkReads(store: RevisionLog, model: Model): void {
  for (let revision = store.compactedRevision; revision < model.length; revision++) {
    for (const prefix of ['/', '/a', '/b/']) {
      const expected = [...(model[revision] ?? [])].filter(([key]) => key.startsWith(prefix)).sort();
      const { entries } = store.range(prefix, { revision });
      assert.deepEqual(
        entries.map(({ key, value }) => [key, value]),
        expected,
        `${prefix} at ${revision}`,
      );
      const page = store.range(prefix, { revision, after: '/a/b', limit: 1 });
      const behind = expected.filter(([key]) => key > '/a/b');
      assert.deepEqual(
        page.entries.map(({ key, value }) => [key, value]),
        behind.slice(0, 1),
      );
      assert.equal(page.remaining, Math.max(0, behind.length - 1));
    }
    assert.equal(store.get('/a/b', revision)?.value, model[revision]?.get('/a/b'));
  }
}

/** Replaying what a watcher was told, on what stood when it began, gives what stands now. */
async function checkWatch(store: RevisionLog, from: number): Promise<void> {
  const replayed = new Map(store.range('', { revision: from }).entries.map(({ key, value }) => [key, value]));
  const done = Promise.withResolvers<void>();
  let last = from;
  using _watch = store.watch('', from, {
    onChanges: (changes) => {
      for (const change of changes) {
        assert.equal(change.entry.revision, ++last, describeChange(change));
        assert.equal(change.previous?.value, replayed.get(change.entry.key), describeChange(change));
        if (change.type === 'put') replayed.set(change.entry.key, change.entry.value);
        else replayed.delete(change.entry.key);
      }
    },
    onProgress: (revision) => revision === store.revision && done.resolve(),
    onEnd: done.reject,
  });
  if (from < store.revision) await done.promise;
  assert.deepEqual(
    [...replayed].sort(),
    store.range('').entries.map(({ key, value }) => [key, value]),
  );
}

export function testModel(openStore: OpenStore): void {
  it('answers as a plain list of all its states does', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        await using store = openStore();
        const model = await play(store, steps);
        assert.equal(store.revision, model.length - 1);
        checkReads(store, model);
        for (let from = store.compactedRevision; from <= store.revision; from += 7) await checkWatch(store, from);
      }),
      { numRuns: 40 },
    );
  });
}
