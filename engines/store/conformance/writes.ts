import assert from 'node:assert/strict';
import { it } from 'node:test';
import { RevisionMismatchError } from '../contract.ts';
import { type OpenStore, text } from './fixtures.ts';

export function testWrites(openStore: OpenStore): void {
  it('begins empty at revision 0', async () => {
    await using store = openStore();
    assert.equal(store.revision, 0);
    assert.equal(store.compactedRevision, 0);
    assert.equal(store.get('/a'), undefined);
    assert.deepEqual(store.range('/'), { entries: [], revision: 0, remaining: 0 });
  });

  it('counts the changes of the whole store and encodes values with their revision', async () => {
    await using store = openStore();
    await store.put('/a', (revision) => `a${revision}`);
    await store.put('/b', (revision) => `b${revision}`);
    const entry = await store.put('/a', (revision) => `a${revision}`);
    assert.deepEqual(entry, { key: '/a', value: 'a3', revision: 3, createdRevision: 1 });
    assert.deepEqual(store.get('/a'), entry);
    assert.equal(store.revision, 3);
  });

  it('shows a write only once it is durable', async () => {
    await using store = openStore();
    const written = store.put('/a', text('1'));
    assert.equal(store.get('/a'), undefined);
    assert.equal(store.revision, 0);
    await written;
    assert.equal(store.get('/a')?.value, '1');
  });

  it('lets a write rest on one that is not durable yet', async () => {
    await using store = openStore();
    const first = store.put('/a', text('1'));
    const base = store.newest('/a');
    assert.equal(base?.value, '1');
    const second = store.put('/a', text('2'), { expected: base.revision });
    const settled = store.settled().then(() => store.get('/a')?.value);
    assert.deepEqual([(await first).revision, (await second).revision, await settled], [1, 2, '2']);
    const gone = store.delete('/a');
    assert.equal(store.newest('/a'), undefined);
    await gone;
    await store.settled();
  });

  it('gives the last value, rewritten, of what it deletes, and a new life to the key after that', async () => {
    await using store = openStore();
    await store.put('/a', text('1'));
    const deleted = await store.delete('/a', {}, (revision) => `gone at ${revision}`);
    assert.deepEqual(deleted, { key: '/a', value: 'gone at 2', revision: 2, createdRevision: 1 });
    assert.equal(store.get('/a'), undefined);
    assert.equal(store.count(''), 0);
    assert.equal((await store.put('/a', text('2'))).createdRevision, 3);
    assert.equal((await store.delete('/a'))?.value, '2');
  });

  it('deletes nothing, without a revision, where nothing is', async () => {
    await using store = openStore();
    assert.equal(await store.delete('/a'), undefined);
    assert.equal(store.revision, 0);
  });

  it('refuses a write whose expectation is not met and changes nothing', async () => {
    await using store = openStore();
    const current = await store.put('/a', text('1'), { expected: 0 });
    const refused = (error: unknown) => {
      assert(error instanceof RevisionMismatchError);
      assert.deepEqual(error.current, current);
      return true;
    };
    await assert.rejects(store.put('/a', text('2'), { expected: 0 }), refused);
    await assert.rejects(store.put('/a', text('2'), { expected: 7 }), refused);
    await assert.rejects(store.delete('/a', { expected: 7 }), refused);
    await assert.rejects(store.delete('/b', { expected: 7 }), RevisionMismatchError);
    assert.deepEqual(store.get('/a'), current);
    assert.equal(store.revision, 1);
    await store.put('/a', text('2'), { expected: 1 });
    await store.delete('/a', { expected: 2 });
    assert.equal(store.revision, 3);
  });

  it('lets the writes of one tick see one another', async () => {
    await using store = openStore();
    const results = await Promise.allSettled([
      store.put('/a', text('1'), { expected: 0 }),
      store.put('/a', text('2'), { expected: 0 }),
      store.put('/a', text('3'), { expected: 1 }),
      store.delete('/a', { expected: 2 }),
      store.put('/a', text('4'), { expected: 0 }),
    ]);
    assert.deepEqual(
      results.map((result) => result.status),
      ['fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'fulfilled'],
    );
    assert.deepEqual(store.get('/a'), { key: '/a', value: '4', revision: 4, createdRevision: 4 });
  });

  it('uses no revision for a value that could not be encoded', async () => {
    await using store = openStore();
    const failing = store.put('/a', () => {
      throw new Error('no value');
    });
    const other = store.put('/b', text('1'));
    await assert.rejects(failing, /no value/);
    assert.equal((await other).revision, 1);
  });

  it('lets exactly one of many rivals win', async () => {
    await using store = openStore();
    const rivals = Array.from({ length: 50 }, (_, index) => store.put('/lock', text(`${index}`), { expected: 0 }));
    const won = (await Promise.allSettled(rivals)).filter((result) => result.status === 'fulfilled');
    assert.equal(won.length, 1);
    assert.equal(store.revision, 1);
  });

  it('keeps any text as it is', async () => {
    await using store = openStore();
    const value = `{"a":"\u00e9\u4e2d\u{1f600}\u0000 '\\""}`;
    await store.put('/\u00e9\u{1f600}', text(value));
    assert.equal(store.get('/\u00e9\u{1f600}')?.value, value);
  });

  it('finishes what was asked of it when it is closed, and takes nothing after that', async () => {
    const store = openStore();
    const written = store.put('/a', text('1'));
    await store[Symbol.asyncDispose]();
    assert.equal((await written).revision, 1);
    await assert.rejects(store.put('/b', text('1')), /closed/);
    await store[Symbol.asyncDispose]();
  });
}
