import { Batch } from './batch.ts';
import {
  CompactedError,
  type Entry,
  FutureRevisionError,
  type RangeOptions,
  type RangeResult,
  type RevisionLog,
  type Watcher,
  type WriteCondition,
} from './contract.ts';
import { History, type HistoryLimits, type Journal, lastRevision, type Transaction } from './history.ts';
import { getThen, rangeNow, rangeThen } from './past.ts';
import { SortedEntries } from './sorted-entries.ts';
import { Watchers } from './watchers.ts';

/** How many revisions one step of a compaction covers: what else happens waits for a step at most. */
const compactionStep = 500;
/** For so many rounds of the event loop a batch is open to more writes at most. */
const mostRounds = 4;

export interface LogStart {
  /** What stands, in byte order of the keys. */
  entries: readonly Entry[];
  revision: number;
  compactedRevision: number;
  /** Where changes are made durable; without one they live in memory only. */
  journal?: Journal;
  limits: HistoryLimits;
}

/** The revision log over a journal: what stands now and the newest history in memory, the rest in the journal. */
export class Log implements RevisionLog {
  readonly #live: SortedEntries;
  readonly #journal: Journal | undefined;
  readonly #history: History;
  readonly #watchers: Watchers;
  #revision: number;
  #compacted: number;
  /** Taken in, not yet on its way to the journal. */
  #batch: Batch | undefined;
  /** On its way; the writes of `#batch` rest on it. */
  #committing: Batch | undefined;
  /** The end of what the journal is doing. */
  #turn = Promise.resolve();
  #closed = false;

  constructor(start: LogStart) {
    this.#live = SortedEntries.fromSorted(start.entries);
    this.#journal = start.journal;
    this.#revision = start.revision;
    this.#compacted = start.compactedRevision;
    this.#history = new History(start.revision, start.journal, start.limits);
    this.#watchers = new Watchers(this.#history, this);
  }

  get revision(): number {
    return this.#revision;
  }

  get compactedRevision(): number {
    return this.#compacted;
  }

  put(key: string, encode: (revision: number) => string, condition?: WriteCondition): Promise<Entry> {
    return this.#write((batch) => batch.put(key, encode, condition));
  }

  delete(key: string, condition?: WriteCondition, encode?: (revision: number) => string): Promise<Entry | undefined> {
    return this.#write((batch) => batch.delete(key, encode, condition));
  }

  get(key: string, revision?: number): Entry | undefined {
    this.#checkReadable(revision);
    if (revision === undefined || revision === this.#revision) return this.#live.get(key);
    return getThen(this.#live, this.#history, key, revision);
  }

  newest(key: string): Entry | undefined {
    return this.#batch === undefined ? this.#findUnderWay(key) : this.#batch.find(key);
  }

  async settled(): Promise<void> {
    await (this.#batch ?? this.#committing)?.committed;
  }

  range(prefix: string, options: RangeOptions = {}): RangeResult {
    const { revision } = options;
    this.#checkReadable(revision);
    if (revision === undefined || revision === this.#revision) {
      return rangeNow(this.#live, prefix, options, this.#revision);
    }
    return rangeThen(this.#live, this.#history, prefix, options, revision);
  }

  count(prefix: string): number {
    return this.range(prefix, { limit: 0 }).remaining;
  }

  watch(prefix: string, from: number, watcher: Watcher): Disposable {
    this.#checkOpen();
    return this.#watchers.add(prefix, from, watcher);
  }

  async compact(revision: number): Promise<void> {
    if (revision > this.#revision) throw new FutureRevisionError(this.#revision);
    while (this.#compacted < revision) {
      this.#checkOpen();
      await this.#inTurn(() => {
        const to = Math.min(revision, this.#compacted + compactionStep);
        if (to <= this.#compacted) return; // another compaction was faster
        this.#journal?.compact(this.#compacted, to);
        this.#compacted = to;
        this.#history.forget(to);
      });
      await new Promise(setImmediate);
    }
  }

  /** Writes what is pending, ends the watchers and closes the journal. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.settled().catch(() => {}); // its writers are told
    await this.#turn;
    this.#watchers.end();
    this.#journal?.close();
  }

  /** A refusal waits for the batch too: it may rest on a write that is not durable yet, and never is if that fails. */
  async #write<T>(take: (batch: Batch) => T): Promise<T> {
    const batch = this.#openBatch();
    try {
      return take(batch);
    } finally {
      await batch.committed;
    }
  }

  #openBatch(): Batch {
    this.#checkOpen();
    if (this.#batch === undefined) {
      this.#batch = new Batch(this.#committing?.revision ?? this.#revision, (key) => this.#findUnderWay(key));
      this.#commitSoon(this.#batch);
    }
    return this.#batch;
  }

  /** What stands once the batch under way is durable. */
  #findUnderWay(key: string): Entry | undefined {
    return this.#committing?.changes(key) ? this.#committing.find(key) : this.#live.get(key);
  }

  /**
   * After the reading of sockets, so that requests that arrived together are written together; and not while others still
   * join them: to wait for the disk once more costs all of them more than another round of the event loop.
   */
  #commitSoon(batch: Batch, before = 0, rounds = mostRounds): void {
    setImmediate(() => {
      const { length } = batch.transaction;
      if (this.#batch !== batch || this.#committing !== undefined) return;
      if (length > before && rounds > 1) this.#commitSoon(batch, length, rounds - 1);
      else void this.#commit();
    });
  }

  /** Batch after batch, until none is open: while the disk takes one, the next fills. */
  async #commit(): Promise<void> {
    for (;;) {
      const batch = this.#takeBatch();
      this.#committing = batch;
      if (batch === undefined) return;
      try {
        await this.#append(batch.transaction);
        batch.succeed();
      } catch (error) {
        batch.fail(error);
        this.#takeBatch()?.fail(error); // it rests on the one that failed
      }
    }
  }

  #takeBatch(): Batch | undefined {
    const batch = this.#batch;
    this.#batch = undefined;
    return batch;
  }

  async #append(transaction: Transaction): Promise<void> {
    if (transaction.length === 0) return;
    await this.#inTurn(() => this.#journal?.append(transaction));
    for (const { type, entry } of transaction) {
      if (type === 'put') this.#live.set(entry);
      else this.#live.delete(entry.key);
    }
    this.#revision = lastRevision(transaction);
    this.#history.push(transaction);
    this.#watchers.publish(transaction);
  }

  /** One transaction after the other: a crash of the machine cuts the last one short at most. Resolves when it is durable. */
  async #inTurn(write: () => void): Promise<void> {
    const durable = this.#turn.then(() => {
      write();
      return this.#journal?.sync();
    });
    this.#turn = durable.then(() => this.#journal?.tidy()).catch(() => {});
    await durable;
  }

  #checkReadable(revision: number | undefined): void {
    if (revision === undefined) return;
    if (revision > this.#revision) throw new FutureRevisionError(this.#revision);
    if (revision < this.#compacted) throw new CompactedError(this.#compacted);
  }

  #checkOpen(): void {
    if (this.#closed) throw new Error('the store is closed');
  }
}
