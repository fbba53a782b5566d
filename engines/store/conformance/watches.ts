import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Change } from '../contract.ts';
import { type OpenStore, Recorder, text } from './fixtures.ts';

export function testWatches(openStore: OpenStore): void {
  it('tells of the changes under a prefix, one transaction at a time', async () => {
    await using store = openStore();
    const watcher = new Recorder();
    using _watch = store.watch('/p/', 0, watcher);
    await Promise.all([store.put('/p/a', text('1')), store.put('/q/a', text('1')), store.put('/p/b', text('1'))]);
    await store.put('/p/a', text('2'));
    await store.put('/q/a', text('2'));
    await store.delete('/p/a', {}, text('gone'));
    assert.deepEqual(watcher.transactions, [
      ['put /p/a=1 @1', 'put /p/b=1 @3'],
      ['put /p/a=2 @4 was 1 @1'],
      ['delete /p/a=gone @6 was 2 @4'],
    ]);
    assert.equal(watcher.progress, 6);
  });

  it('shows nothing before it is durable, and what it shows can be read', async () => {
    await using store = openStore();
    const seen: (string | undefined)[] = [];
    using _watch = store.watch('', 0, { onChanges: () => seen.push(store.get('/a')?.value) });
    const written = store.put('/a', text('1'));
    await Promise.resolve();
    assert.deepEqual(seen, []);
    await written;
    assert.deepEqual(seen, ['1']);
  });

  it('begins with history that ends before what is on its way', async () => {
    await using store = openStore();
    for (let round = 0; round < 5; round++) await store.put('/a', text(`${round}`));
    const ahead: number[] = [];
    const onChanges = (changes: readonly Change[]) =>
      ahead.push(...changes.map(({ entry }) => entry.revision).filter((revision) => revision > store.revision));
    for (let round = 0; round < 20; round++) {
      using watches = new DisposableStack();
      let pending = true;
      const written = store.put('/a', text(`more ${round}`)).finally(() => {
        pending = false;
      });
      while (pending) {
        watches.use(store.watch('', 0, { onChanges }));
        await new Promise(setImmediate);
      }
      await written;
    }
    assert.deepEqual(ahead, []);
  });

  it('begins with history, even in the middle of a transaction', async () => {
    await using store = openStore();
    await Promise.all(['1', '2', '3', '4'].map((value) => store.put('/a', text(value))));
    await store.put('/a', text('5'));
    const watcher = new Recorder();
    using _watch = store.watch('/', 2, watcher);
    assert.deepEqual(watcher.changes, []);
    await store.put('/a', text('6'));
    await watcher.reached(6);
    assert.deepEqual(watcher.transactions, [
      ['put /a=3 @3 was 2 @2', 'put /a=4 @4 was 3 @3'],
      ['put /a=5 @5 was 4 @4'],
      ['put /a=6 @6 was 5 @5'],
    ]);
  });

  it('begins with the changes to come', async () => {
    await using store = openStore();
    await store.put('/a', text('1'));
    const watcher = new Recorder();
    using _watch = store.watch('/', 1, watcher);
    const later = new Recorder();
    using _later = store.watch('/', 3, later);
    for (const value of ['2', '3', '4']) await store.put('/a', text(value));
    const expected = ['put /a=2 @2 was 1 @1', 'put /a=3 @3 was 2 @2', 'put /a=4 @4 was 3 @3'];
    assert.deepEqual(watcher.changes, expected);
    assert.deepEqual(later.changes, expected.slice(2));
  });

  it('tells each of many watchers that begin while the store is written of each change once', async () => {
    await using store = openStore();
    const watchers: Recorder[] = [];
    using watches = new DisposableStack();
    for (let round = 0; round < 20; round++) {
      const writes = Array.from({ length: 5 }, (_, index) => store.put(`/k${index}`, (revision) => `${revision}`));
      for (const from of [0, round * 2]) {
        const watcher = new Recorder();
        watchers.push(watcher);
        watches.use(store.watch('/k', from, watcher));
      }
      await Promise.all(writes);
    }
    for (const [index, watcher] of watchers.entries()) {
      await watcher.reached(100);
      const from = index % 2 === 0 ? 0 : index - 1;
      const revisions = watcher.changes.map((change) => Number(/@(\d+)/.exec(change)?.[1]));
      assert.deepEqual(
        revisions,
        Array.from({ length: 100 - from }, (_, change) => from + change + 1),
      );
    }
  });

  it('is silent after it is disposed, also when that happens in a call', async () => {
    await using store = openStore();
    const watcher = new Recorder();
    const watch = store.watch('/', 0, watcher);
    let calls = 0;
    const own = store.watch('/', 0, {
      onChanges: () => {
        calls += 1;
        own[Symbol.dispose]();
      },
    });
    await store.put('/a', text('1'));
    watch[Symbol.dispose]();
    await store.put('/a', text('2'));
    assert.deepEqual([watcher.changes.length, watcher.ended, calls], [1, undefined, 1]);
  });

  it('lets watchers write and watch', async () => {
    await using store = openStore();
    const inner = new Recorder();
    using watches = new DisposableStack();
    const echoed = Promise.withResolvers<void>();
    watches.use(
      store.watch('/a', 0, {
        onChanges: () => {
          watches.use(store.watch('/', 0, inner));
          store.put('/b', text('echo')).then(() => echoed.resolve(), echoed.reject);
        },
      }),
    );
    await store.put('/a', text('1'));
    await echoed.promise;
    await inner.reached(2);
    assert.deepEqual(inner.changes, ['put /a=1 @1', 'put /b=echo @2']);
  });

  it('ends a watcher that fails, and no other, and no write', async () => {
    await using store = openStore();
    const failing = new Recorder();
    failing.onChanges = () => {
      throw new Error('cannot take it');
    };
    const sound = new Recorder();
    using _failing = store.watch('/', 0, failing);
    using _sound = store.watch('/', 0, sound);
    assert.equal((await store.put('/a', text('1'))).revision, 1);
    await failing.end();
    assert.match(failing.ended?.error?.message ?? '', /cannot take it/);
    assert.deepEqual(sound.changes, ['put /a=1 @1']);
  });

  it('ends all watchers when the store is closed', async () => {
    const store = openStore();
    await store.put('/a', text('1'));
    const live = new Recorder();
    const reading = new Recorder();
    store.watch('/', 1, live);
    store.watch('/', 0, reading);
    await store[Symbol.asyncDispose]();
    assert.deepEqual([live.ended, reading.ended], [{ error: undefined }, { error: undefined }]);
  });
}
