import type { Change, Entry, RevisionLog, Watcher } from '../contract.ts';

/** Opens an empty store; what lies under it is removed when the test ends. */
export type OpenStore = () => RevisionLog;

/** An `encode` that gives the same value at any revision. */
export const text = (value: string) => () => value;

export const keysOf = (entries: readonly Entry[]) => entries.map((entry) => entry.key);

/** A change in one line: `put a=1 @3 was 0 @1`. */
export function describeChange({ type, entry, previous }: Change): string {
  const was = previous === undefined ? '' : ` was ${previous.value} @${previous.revision}`;
  return `${type} ${entry.key}=${entry.value} @${entry.revision}${was}`;
}

/** A watcher that keeps what it is told. */
export class Recorder implements Watcher {
  readonly transactions: string[][] = [];
  progress = 0;
  ended: { error: Error | undefined } | undefined;
  readonly #waiting: { met: () => boolean; resolve: () => void }[] = [];

  get changes(): string[] {
    return this.transactions.flat();
  }

  onChanges(changes: readonly Change[]): void {
    this.transactions.push(changes.map(describeChange));
  }

  onProgress(revision: number): void {
    this.progress = revision;
    this.#check();
  }

  onEnd(error?: Error): void {
    this.ended = { error };
    this.#check();
  }

  /** Resolves once the watcher has been told of everything up to a revision. */
  reached(revision: number): Promise<void> {
    return this.#until(() => this.progress >= revision);
  }

  end(): Promise<void> {
    return this.#until(() => this.ended !== undefined);
  }

  #until(met: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ met, resolve });
      this.#check();
    });
  }

  #check(): void {
    for (const { met, resolve } of this.#waiting) if (met()) resolve();
  }
}
