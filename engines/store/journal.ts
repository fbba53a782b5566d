import type { Change } from './contract.ts';

/** The changes of one transaction, in order. */
export type Transaction = readonly Change[];

/** Where transactions are kept for good. Only reading may happen between a write and the end of its `sync`. */
export interface Journal {
  /** Writes all or nothing. Throws StoreFullError. */
  append(changes: Transaction): void;
  /** Forgets what was superseded in the revisions behind `from` up to and including `to`. Throws StoreFullError. */
  compact(from: number, to: number): void;
  /** Resolves when what was written is durable. Throws StoreFullError. */
  sync(): Promise<void>;
  /** What is to be done now and then, between writes; when it fails it is tried again after the next. */
  tidy(): Promise<void>;
  /**
   * Whole transactions behind a revision and up to another, in order, about `atLeast` changes of them; none when there
   * are no more.
   */
  readTransactions(after: number, upTo: number, atLeast: number): Transaction[];
  close(): void;
}

export function lastRevision(transaction: Transaction): number {
  return transaction.at(-1)!.entry.revision;
}
