import assert from 'node:assert/strict';
import { it } from 'node:test';
import { CompactedError, FutureRevisionError, type RevisionLog } from '../contract.ts';
import { keysOf, type OpenStore, Recorder, text } from './fixtures.ts';

async function fillWithHistory(store: RevisionLog): Promise<void> {
  await store.put('/a', text('1'));
  await store.put('/b', text('1'));
  await store.put('/a', text('2'));
  await store.delete('/b');
  await store.put('/a', text('3'));
  await store.put('/c', text('1'));
}

export function testCompaction(openStore: OpenStore): void {
  it('keeps what stands and everything from the compacted revision on', async () => {
    await using store = openStore();
    await fillWithHistory(store);
    await store.compact(4);
    assert.equal(store.compactedRevision, 4);
    assert.equal(store.revision, 6);
    assert.deepEqual(keysOf(store.range('/').entries), ['/a', '/c']);
    assert.equal(store.get('/a')?.createdRevision, 1);
    assert.equal(store.get('/a', 4)?.value, '2');
    assert.deepEqual(keysOf(store.range('/', { revision: 5 }).entries), ['/a']);
  });

  it('forgets what lies before', async () => {
    await using store = openStore();
    await fillWithHistory(store);
    await store.compact(4);
    const compacted = (error: unknown) => error instanceof CompactedError && error.compactedRevision === 4;
    assert.throws(() => store.get('/a', 3), compacted);
    assert.throws(() => store.range('/', { revision: 3 }), compacted);
    assert.throws(() => store.watch('/', 3, new Recorder()), compacted);
    const watcher = new Recorder();
    using _watch = store.watch('/', 4, watcher);
    await watcher.reached(6);
    assert.deepEqual(watcher.changes, ['put /a=3 @5 was 2 @3', 'put /c=1 @6']);
  });

  it('does nothing for what is compacted already, and refuses the future', async () => {
    await using store = openStore();
    await fillWithHistory(store);
    await store.compact(4);
    await store.compact(2);
    assert.equal(store.compactedRevision, 4);
    await assert.rejects(store.compact(7), FutureRevisionError);
    await store.compact(6);
    await store.put('/a', text('4'));
    assert.equal(store.revision, 7);
  });

  it('does not disturb who watches the present, and ends who still reads what it forgets', async () => {
    await using store = openStore();
    await fillWithHistory(store);
    const live = new Recorder();
    using _live = store.watch('/', 6, live);
    const reading = new Recorder();
    using _reading = store.watch('/', 1, reading);
    const compacted = store.compact(5);
    await store.put('/c', text('2'));
    await compacted;
    await reading.end();
    assert(reading.ended?.error instanceof CompactedError);
    assert.deepEqual(reading.changes, []);
    assert.deepEqual(live.changes, ['put /c=2 @7 was 1 @6']);
  });

  it('goes on with long histories while the store is written', async () => {
    await using store = openStore();
    await Promise.all(Array.from({ length: 2500 }, (_, index) => store.put(`/k${index % 7}`, text(`${index}`))));
    const compactions = [store.compact(1800), store.compact(2400)];
    await store.put('/k0', text('last'));
    await Promise.all(compactions);
    assert.equal(store.compactedRevision, 2400);
    assert.equal(store.count('/k'), 7);
    assert.equal(store.get('/k5', 2400)?.value, '2399');
  });
}
