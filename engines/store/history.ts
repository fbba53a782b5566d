import type { Change } from './contract.ts';
import { type Journal, lastRevision, type Transaction } from './journal.ts';

export interface HistoryLimits {
  maxChanges: number;
  /** Counts the values that only history still needs, in characters. */
  maxSize: number;
}

const pageSize = 500;

/** The changes since the last compaction: the newest in memory, within the limits, older ones read from the journal. */
export class History {
  readonly #journal: Journal | undefined;
  readonly #limits: HistoryLimits;
  #transactions: Transaction[] = [];
  /** Transactions before this index have been let go. */
  #head = 0;
  #changes = 0;
  #size = 0;
  /** Memory holds every change behind this revision. */
  #floor: number;
  /** Of the last change. */
  #revision: number;

  /** Without a journal nothing is let go but by `forget`. `revision` is the latest one. */
  constructor(revision: number, journal: Journal | undefined, limits: HistoryLimits) {
    this.#floor = revision;
    this.#revision = revision;
    this.#journal = journal;
    this.#limits = limits;
  }

  push(transaction: Transaction): void {
    this.#transactions.push(transaction);
    this.#revision = lastRevision(transaction);
    this.#changes += transaction.length;
    this.#size += supersededSize(transaction);
    if (this.#journal === undefined) return;
    while (this.#changes > this.#limits.maxChanges || this.#size > this.#limits.maxSize) this.#dropFirst();
  }

  /** Lets go of the transactions up to a revision. */
  forget(revision: number): void {
    while (this.#floor < revision) {
      const first = this.#transactions[this.#head];
      if (first === undefined || lastRevision(first) > revision) return;
      this.#dropFirst();
    }
  }

  /** The next transactions behind a revision, in order; of a transaction that it cuts, the rest. None at the end. */
  page(after: number): Transaction[] {
    const page =
      after < this.#floor && this.#journal !== undefined
        ? this.#journal.readTransactions(after, this.#revision, pageSize)
        : this.#transactions.slice(this.#indexBehind(after));
    const first = page[0];
    if (first !== undefined && first[0]!.entry.revision <= after) {
      page[0] = first.filter((change) => change.entry.revision > after);
    }
    return page;
  }

  /** All changes behind a revision, in order. */
  *changesBehind(revision: number): Generator<Change> {
    let position = revision;
    for (let page = this.page(position); page.length > 0; page = this.page(position)) {
      for (const transaction of page) yield* transaction;
      position = lastRevision(page.at(-1)!);
    }
  }

  #dropFirst(): void {
    const first = this.#transactions[this.#head]!;
    this.#floor = lastRevision(first);
    this.#changes -= first.length;
    this.#size -= supersededSize(first);
    this.#transactions[this.#head++] = [];
    if (this.#head * 2 > this.#transactions.length) {
      this.#transactions = this.#transactions.slice(this.#head);
      this.#head = 0;
    }
  }

  #indexBehind(revision: number): number {
    let low = this.#head;
    let high = this.#transactions.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (lastRevision(this.#transactions[middle]!) <= revision) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function supersededSize(transaction: Transaction): number {
  let size = 0;
  for (const { type, entry, previous } of transaction) {
    size += (previous?.value.length ?? 0) + (type === 'delete' ? entry.value.length : 0);
  }
  return size;
}
