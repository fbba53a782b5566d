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
import { History, type HistoryLimits } from './history.ts';
import { type Journal, lastRevision, type Transaction } from './journal.ts';
import { JournalTurns } from './journal-turns.ts';
import { getThen, rangeNow, rangeThen } from './past.ts';
import { SortedEntries } from './sorted-entries.ts';
import { Watchers } from './watchers.ts';
import { WriteQueue } from './write-queue.ts';

/** How many revisions one step of a compaction covers: what else happens waits for a step at most. */
const compactionStep = 500;

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
  readonly #turns: JournalTurns;
  readonly #writes: WriteQueue;
  #revision: number;
  #compacted: number;
  #closed = false;

  constructor(start: LogStart) {
    this.#live = SortedEntries.fromSorted(start.entries);
    this.#journal = start.journal;
    this.#revision = start.revision;
    this.#compacted = start.compactedRevision;
    this.#history = new History(start.revision, start.journal, start.limits);
    this.#watchers = new Watchers(this.#history, this);
    this.#turns = new JournalTurns(start.journal);
    this.#writes = new WriteQueue({
      getRevision: () => this.#revision,
      get: (key) => this.#live.get(key),
      append: (transaction) => this.#append(transaction),
    });
  }

  get revision(): number {
    return this.#revision;
  }

  get compactedRevision(): number {
    return this.#compacted;
  }

  async put(key: string, encode: (revision: number) => string, condition?: WriteCondition): Promise<Entry> {
    this.#checkOpen();
    return await this.#writes.write((batch) => batch.put(key, encode, condition));
  }

  async delete(
    key: string,
    condition?: WriteCondition,
    encode?: (revision: number) => string,
  ): Promise<Entry | undefined> {
    this.#checkOpen();
    return await this.#writes.write((batch) => batch.delete(key, encode, condition));
  }

  get(key: string, revision?: number): Entry | undefined {
    this.#checkReadable(revision);
    if (revision === undefined || revision === this.#revision) return this.#live.get(key);
    return getThen(this.#live, this.#history, key, revision);
  }

  newest(key: string): Entry | undefined {
    return this.#writes.find(key);
  }

  async settled(): Promise<void> {
    await this.#writes.settled();
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
      await this.#turns.take(() => {
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
    await this.#turns.ended();
    this.#watchers.end();
    this.#journal?.close();
  }

  async #append(transaction: Transaction): Promise<void> {
    await this.#turns.take(() => this.#journal?.append(transaction));
    for (const { type, entry } of transaction) {
      if (type === 'put') this.#live.set(entry);
      else this.#live.delete(entry.key);
    }
    this.#revision = lastRevision(transaction);
    this.#history.push(transaction);
    this.#watchers.publish(transaction);
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
