import type { Journal } from './journal.ts';

/**
 * Brings one transaction after the other into the journal, and waits until it is durable before the next: a crash of the
 * machine cuts the last one short at most.
 */
export class JournalTurns {
  readonly #journal: Journal | undefined;
  #last = Promise.resolve();

  constructor(journal: Journal | undefined) {
    this.#journal = journal;
  }

  /** Resolves when what `write` writes is durable. Rejects with its error, or with the journal's StoreFullError. */
  async take(write: () => void): Promise<void> {
    const durable = this.#last.then(() => {
      write();
      return this.#journal?.sync();
    });
    this.#last = durable.then(() => this.#journal?.tidy()).catch(() => {});
    await durable;
  }

  /** Resolves when the journal has nothing to do. */
  async ended(): Promise<void> {
    await this.#last;
  }
}
