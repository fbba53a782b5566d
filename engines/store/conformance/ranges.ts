import assert from 'node:assert/strict';
import { it } from 'node:test';
import { FutureRevisionError, type RevisionLog } from '../contract.ts';
import { keysOf, type OpenStore, text } from './fixtures.ts';

async function fill(store: RevisionLog, keys: readonly string[]): Promise<void> {
  await Promise.all(keys.map((key) => store.put(key, text(key))));
}

export function testRanges(openStore: OpenStore): void {
  it('gives the keys under a prefix in byte order', async () => {
    await using store = openStore();
    await fill(store, ['/p/b', '/p/a/x', '/p/a', '/q/a', '/p/a-b', '/p', '/p0', '/p/\u{1f600}', '/p/\uffee', '/p/Z']);
    const expected = ['/p/Z', '/p/a', '/p/a-b', '/p/a/x', '/p/b', '/p/\uffee', '/p/\u{1f600}'];
    assert.deepEqual(keysOf(store.range('/p/').entries), expected);
    assert.equal(store.count('/p/'), 7);
    assert.equal(store.count(''), 10);
    assert.equal(store.count('/r'), 0);
    assert.deepEqual(store.range('/r'), { entries: [], revision: 10, remaining: 0 });
  });

  it('pages through a range', async () => {
    await using store = openStore();
    await fill(store, ['/p/a', '/p/b', '/p/c', '/p/d', '/p/e', '/q/a']);
    const first = store.range('/p/', { limit: 2 });
    assert.deepEqual([keysOf(first.entries), first.remaining], [['/p/a', '/p/b'], 3]);
    const second = store.range('/p/', { limit: 2, after: '/p/b' });
    assert.deepEqual([keysOf(second.entries), second.remaining], [['/p/c', '/p/d'], 1]);
    const last = store.range('/p/', { limit: 2, after: '/p/d' });
    assert.deepEqual([keysOf(last.entries), last.remaining], [['/p/e'], 0]);
    assert.deepEqual(keysOf(store.range('/p/', { after: '/p/bb' }).entries), ['/p/c', '/p/d', '/p/e']);
    assert.deepEqual(keysOf(store.range('/p/', { after: '/z' }).entries), []);
    assert.equal(store.range('/p/', { after: '/a', limit: 0 }).remaining, 5);
  });

  it('pages through the store as it was while it changes', async () => {
    await using store = openStore();
    await fill(store, ['/p/a', '/p/b', '/p/c', '/p/d']);
    const { revision } = store;
    await store.delete('/p/b');
    await store.put('/p/c', text('changed'));
    await store.put('/p/bb', text('new'));
    const page = store.range('/p/', { limit: 2, after: '/p/a', revision });
    assert.equal(page.revision, revision);
    assert.deepEqual(
      page.entries.map((entry) => entry.value),
      ['/p/b', '/p/c'],
    );
    assert.equal(page.remaining, 1);
    assert.deepEqual(keysOf(store.range('/p/').entries), ['/p/a', '/p/bb', '/p/c', '/p/d']);
  });

  it('reads single keys as they were', async () => {
    await using store = openStore();
    await store.put('/a', text('1'));
    await store.put('/a', text('2'));
    await store.delete('/a');
    assert.deepEqual(
      [0, 1, 2, 3].map((revision) => store.get('/a', revision)?.value),
      [undefined, '1', '2', undefined],
    );
  });

  it('refuses revisions that are still to come', async () => {
    await using store = openStore();
    await store.put('/a', text('1'));
    assert.throws(() => store.get('/a', 2), FutureRevisionError);
    assert.throws(() => store.range('/', { revision: 2 }), FutureRevisionError);
  });

  it('keeps many keys in order whatever the order they come and go in', async () => {
    await using store = openStore();
    const keys = Array.from({ length: 3000 }, (_, index) => `/k/${String((index * 7919) % 3000).padStart(4, '0')}`);
    await fill(store, keys);
    const sorted = keys.toSorted();
    assert.deepEqual(keysOf(store.range('/k/').entries), sorted);
    await Promise.all(keys.filter((_, index) => index % 10 !== 0).map((key) => store.delete(key)));
    const left = keys.filter((_, index) => index % 10 === 0).toSorted();
    assert.deepEqual(keysOf(store.range('/k/').entries), left);
    const page = store.range('/k/', { after: left[9]!, limit: 5 });
    assert.deepEqual([keysOf(page.entries), page.remaining], [left.slice(10, 15), left.length - 15]);
  });
}
