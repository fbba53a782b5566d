import { Batch } from './batch.ts';
import type { Entry } from './contract.ts';
import type { Transaction } from './journal.ts';

/** For so many rounds of the event loop a batch is open to more writes at most. */
const mostRounds = 4;

/** Where the batches go. */
export interface WriteTarget {
  /** The latest durable one. */
  getRevision(): number;
  /** What stands under a key. */
  get(key: string): Entry | undefined;
  /** Resolves when the transaction is durable and stands. */
  append(transaction: Transaction): Promise<void>;
}

/** Gathers writes in batches: while the target takes one, the next fills, on top of it. */
export class WriteQueue {
  readonly #target: WriteTarget;
  /** Open to writes. */
  #batch: Batch | undefined;
  /** On its way; the writes of `#batch` rest on it. */
  #committing: Batch | undefined;

  constructor(target: WriteTarget) {
    this.#target = target;
  }

  /** A refusal waits for the batch too: it may rest on a write that is not durable yet, and never is if that fails. */
  async write<T>(take: (batch: Batch) => T): Promise<T> {
    const batch = this.#openBatch();
    try {
      return take(batch);
    } finally {
      await batch.committed;
    }
  }

  /** What the next write of the key finds. */
  find(key: string): Entry | undefined {
    return this.#batch === undefined ? this.#findUnderWay(key) : this.#batch.find(key);
  }

  /** Resolves when all that was taken in is durable, rejects when it failed. */
  async settled(): Promise<void> {
    await (this.#batch ?? this.#committing)?.committed;
  }

  #openBatch(): Batch {
    if (this.#batch === undefined) {
      this.#batch = new Batch(this.#committing?.revision ?? this.#target.getRevision(), (key) =>
        this.#findUnderWay(key),
      );
      this.#commitSoon(this.#batch);
    }
    return this.#batch;
  }

  /** What stands once the batch under way is durable. */
  #findUnderWay(key: string): Entry | undefined {
    return this.#committing?.changes(key) ? this.#committing.find(key) : this.#target.get(key);
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

  /** Batch after batch, until none is open. */
  async #commit(): Promise<void> {
    for (;;) {
      const batch = this.#takeBatch();
      this.#committing = batch;
      if (batch === undefined) return;
      try {
        if (batch.transaction.length > 0) await this.#target.append(batch.transaction);
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
}
