import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Recorder, text } from './conformance/fixtures.ts';
import { StoreFullError } from './contract.ts';
import type { Journal, Transaction } from './journal.ts';
import { Log } from './log.ts';

/** A disk whose answers the test gives. */
class SlowJournal implements Journal {
  readonly written: string[][] = [];
  #asked = Promise.withResolvers<PromiseWithResolvers<void>>();

  append(changes: Transaction): void {
    this.written.push(changes.map(({ entry }) => `${entry.key}=${entry.value}`));
  }

  sync(): Promise<void> {
    const answer = Promise.withResolvers<void>();
    this.#asked.resolve(answer);
    return answer.promise;
  }

  /** Resolves when something is to be synced, with the means to answer. */
  async asked(): Promise<PromiseWithResolvers<void>> {
    const answer = await this.#asked.promise;
    this.#asked = Promise.withResolvers();
    return answer;
  }

  compact(): void {}
  async tidy(): Promise<void> {}
  readTransactions(): Transaction[] {
    return [];
  }
  close(): void {}
}

function openLog() {
  const journal = new SlowJournal();
  const limits = { maxChanges: 100, maxSize: 1e6 };
  return { journal, log: new Log({ entries: [], revision: 0, compactedRevision: 0, journal, limits }) };
}

it('fills the next batch, on top of the one that the disk takes, and shows neither', async () => {
  const { journal, log } = openLog();
  const watcher = new Recorder();
  using _watch = log.watch('', 0, watcher);
  const first = log.put('/a', text('1'), { expected: 0 });
  const disk = await journal.asked();
  const more = [log.put('/a', text('2'), { expected: 1 }), log.put('/b', text('3'), { expected: 0 })];
  const refused = assert.rejects(log.put('/a', text('4'), { expected: 1 }), /\/a is at revision 2/);
  assert.deepEqual(
    [log.revision, log.get('/a'), log.newest('/a')?.value, log.newest('/b')?.value, watcher.changes],
    [0, undefined, '2', '3', []],
  );
  assert.deepEqual(journal.written, [['/a=1']]);
  disk.resolve();
  assert.equal((await first).revision, 1);
  assert.deepEqual([log.revision, log.get('/a')?.value], [1, '1']);
  const settled = log.settled();
  (await journal.asked()).resolve();
  await Promise.all([...more, refused, settled]);
  assert.deepEqual(journal.written, [['/a=1'], ['/a=2', '/b=3']]);
  assert.deepEqual(watcher.transactions, [['put /a=1 @1'], ['put /a=2 @2 was 1 @1', 'put /b=3 @3']]);
});

it('refuses what rests on a batch that the disk has lost', async () => {
  const { journal, log } = openLog();
  const first = assert.rejects(log.put('/a', text('1')), StoreFullError);
  const disk = await journal.asked();
  const second = assert.rejects(log.put('/a', text('2'), { expected: 1 }), StoreFullError);
  disk.reject(new StoreFullError('lost'));
  await Promise.all([first, second]);
  assert.deepEqual(
    [log.revision, log.get('/a'), log.newest('/a'), journal.written.length],
    [0, undefined, undefined, 1],
  );
});

it('compacts between two batches, never while one is on its way', async () => {
  const { journal, log } = openLog();
  const first = log.put('/a', text('1'));
  (await journal.asked()).resolve();
  await first;
  const second = log.put('/a', text('2'));
  const disk = await journal.asked();
  const compacted = log.compact(1);
  await new Promise(setImmediate);
  assert.equal(log.compactedRevision, 0);
  disk.resolve();
  await second;
  (await journal.asked()).resolve();
  await compacted;
  assert.equal(log.compactedRevision, 1);
});
