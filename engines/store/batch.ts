import { type Change, type Entry, RevisionMismatchError, type WriteCondition } from './contract.ts';
import { ownCopy } from './keys.ts';

/** What a write finds when it is taken in: what will stand in the store, unless the batch has changed it already. */
export type FindEntry = (key: string) => Entry | undefined;

/** Writes that arrived together: they get their revisions at once, and become durable together or not at all. */
export class Batch {
  readonly transaction: Change[] = [];
  readonly #done = Promise.withResolvers<void>();
  readonly #findStored: FindEntry;
  readonly #pending = new Map<string, Entry | undefined>();
  #revision: number;

  /** `revision` is the one before the first of this batch. */
  constructor(revision: number, findStored: FindEntry) {
    this.#revision = revision;
    this.#findStored = findStored;
  }

  /** That of its last change. */
  get revision(): number {
    return this.#revision;
  }

  /** Settled by `succeed` or `fail`. */
  get committed(): Promise<void> {
    return this.#done.promise;
  }

  put(key: string, encode: (revision: number) => string, condition: WriteCondition | undefined): Entry {
    const previous = this.#findExpected(key, condition);
    const [revision, value] = this.#encode(encode);
    const entry: Entry = {
      key: previous?.key ?? ownCopy(key),
      value,
      revision,
      createdRevision: previous?.createdRevision ?? revision,
    };
    this.#pending.set(entry.key, entry);
    this.transaction.push({ type: 'put', entry, previous });
    return entry;
  }

  delete(
    key: string,
    encode: ((revision: number) => string) | undefined,
    condition: WriteCondition | undefined,
  ): Entry | undefined {
    const previous = this.#findExpected(key, condition);
    if (previous === undefined) return undefined;
    const [revision, value] = this.#encode(encode ?? (() => previous.value));
    const entry: Entry = { key: previous.key, value, revision, createdRevision: previous.createdRevision };
    this.#pending.set(entry.key, undefined);
    this.transaction.push({ type: 'delete', entry, previous });
    return entry;
  }

  /** Whether the batch writes the key or deletes it. */
  changes(key: string): boolean {
    return this.#pending.has(key);
  }

  /** As the writes of the batch leave it. */
  find(key: string): Entry | undefined {
    return this.#pending.has(key) ? this.#pending.get(key) : this.#findStored(key);
  }

  succeed(): void {
    this.#done.resolve();
  }

  fail(error: unknown): void {
    this.#done.reject(error);
  }

  #findExpected(key: string, condition: WriteCondition | undefined): Entry | undefined {
    const current = this.find(key);
    const expected = condition?.expected;
    if (expected !== undefined && expected !== (current?.revision ?? 0)) throw new RevisionMismatchError(key, current);
    return current;
  }

  /** The revision counts only when `encode` succeeds. */
  #encode(encode: (revision: number) => string): [revision: number, value: string] {
    const revision = this.#revision + 1;
    const value = flatten(encode(revision));
    if (this.#revision + 1 !== revision) throw new Error('encode must not write to the store');
    this.#revision = revision;
    return [revision, value];
  }
}

/** Makes V8 copy a text that it keeps as pieces into one, and let go of the pieces; any other text stays as it is. */
function flatten(value: string): string {
  value.charCodeAt(0);
  return value;
}
