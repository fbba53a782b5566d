import { CompactedError, type Watcher } from './contract.ts';
import type { History } from './history.ts';
import { lastRevision, type Transaction } from './journal.ts';

interface Subscription {
  readonly prefix: string;
  readonly watcher: Watcher;
  /** The watcher has been told of everything up to this revision. */
  position: number;
  ended: boolean;
}

/** What watchers need to know of the store at any moment. */
interface Progress {
  readonly revision: number;
  readonly compactedRevision: number;
}

/** All watchers: those that still read history, page by page, and those that get each transaction as it is published. */
export class Watchers {
  readonly #history: History;
  readonly #progress: Progress;
  readonly #readers = new Set<Subscription>();
  /** By prefix, so that a transaction is filtered once for all who watch the same. */
  readonly #live = new Map<string, Set<Subscription>>();

  constructor(history: History, progress: Progress) {
    this.#history = history;
    this.#progress = progress;
  }

  add(prefix: string, from: number, watcher: Watcher): Disposable {
    if (from < this.#progress.compactedRevision) throw new CompactedError(this.#progress.compactedRevision);
    const subscription: Subscription = { prefix, watcher, position: from, ended: false };
    if (from >= this.#progress.revision) this.#join(subscription);
    else {
      this.#readers.add(subscription);
      setImmediate(() => this.#readHistory(subscription));
    }
    return { [Symbol.dispose]: () => this.#remove(subscription) };
  }

  publish(transaction: Transaction): void {
    for (const [prefix, subscriptions] of this.#live) {
      const changes = underPrefix(transaction, prefix);
      for (const subscription of subscriptions) this.#tell(subscription, changes, lastRevision(transaction));
    }
  }

  end(error?: Error): void {
    for (const subscription of this.#readers) this.#end(subscription, error);
    for (const subscriptions of this.#live.values()) for (const each of subscriptions) this.#end(each, error);
  }

  #readHistory(subscription: Subscription): void {
    if (subscription.ended) return;
    const { compactedRevision } = this.#progress;
    if (subscription.position < compactedRevision) {
      return this.#end(subscription, new CompactedError(compactedRevision));
    }
    try {
      for (const transaction of this.#history.page(subscription.position)) {
        this.#tell(subscription, underPrefix(transaction, subscription.prefix), lastRevision(transaction));
      }
    } catch (error) {
      return this.#end(subscription, asError(error));
    }
    if (subscription.ended) return;
    if (subscription.position < this.#progress.revision) {
      setImmediate(() => this.#readHistory(subscription));
      return;
    }
    this.#readers.delete(subscription);
    this.#join(subscription);
  }

  #tell(subscription: Subscription, changes: Transaction, revision: number): void {
    const { position, watcher } = subscription;
    if (subscription.ended || revision <= position) return;
    subscription.position = revision;
    const news =
      position < (changes[0]?.entry.revision ?? 0) ? changes : changes.filter((c) => c.entry.revision > position);
    try {
      if (news.length > 0) watcher.onChanges(news);
      if (!subscription.ended) watcher.onProgress?.(revision);
    } catch (error) {
      this.#end(subscription, asError(error));
    }
  }

  #join(subscription: Subscription): void {
    const others = this.#live.get(subscription.prefix);
    if (others === undefined) this.#live.set(subscription.prefix, new Set([subscription]));
    else others.add(subscription);
  }

  #end(subscription: Subscription, error: Error | undefined): void {
    if (subscription.ended) return;
    this.#remove(subscription);
    // Apart from the caller: a watcher that throws here must not stop a write from being answered.
    queueMicrotask(() => subscription.watcher.onEnd?.(error));
  }

  #remove(subscription: Subscription): void {
    subscription.ended = true;
    this.#readers.delete(subscription);
    const others = this.#live.get(subscription.prefix);
    others?.delete(subscription);
    if (others?.size === 0) this.#live.delete(subscription.prefix);
  }
}

function underPrefix(transaction: Transaction, prefix: string): Transaction {
  return transaction.filter((change) => change.entry.key.startsWith(prefix));
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
