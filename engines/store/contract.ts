/**
 * The revision log under the Kubernetes API, with etcd's semantics: one number counts all changes of the whole store.
 * Keys are paths such as `/registry/pods/default/web`; values are JSON texts and are kept as they are. A value should
 * be a text of its own: one cut out of a larger text keeps that one in memory.
 */

/** One key as it stood at some revision. */
export interface Entry {
  readonly key: string;
  readonly value: string;
  /** The revision that wrote this value. */
  readonly revision: number;
  /** The revision that created the key. */
  readonly createdRevision: number;
}

export interface Change {
  readonly type: 'put' | 'delete';
  /** For a delete: the last value, under the deleting revision. */
  readonly entry: Entry;
  /** What stood there before; absent when the key was created. */
  readonly previous: Entry | undefined;
}

export interface RangeOptions {
  /** Look at the store as it was then; now when left out. Throws CompactedError, FutureRevisionError. */
  revision?: number;
  /** At most so many entries; all when left out. */
  limit?: number;
  /** Begin behind this key. */
  after?: string;
}

export interface RangeResult {
  /** In byte order of the keys. */
  entries: Entry[];
  /** The revision the answer shows. */
  revision: number;
  /** Whether entries behind the last one were cut by `limit`, and how many. */
  remaining: number;
}

/**
 * `expected` is the revision the key must have: 0 = the key must not exist, undefined = whatever is there. Otherwise
 * the write fails with RevisionMismatchError and changes nothing.
 */
export interface WriteCondition {
  expected?: number;
}

export interface RevisionLog extends AsyncDisposable {
  /** The latest durable revision; 0 for an empty store. What get, range and watch show is never beyond it. */
  readonly revision: number;
  /** The oldest revision that may still be asked for. */
  readonly compactedRevision: number;

  /**
   * Writes a key. `encode` is called once with the revision that the write gets, so that a value can hold it. Resolves
   * when the write is durable; writes that arrive together share one transaction, and each sees the ones before it.
   * Throws RevisionMismatchError, StoreFullError.
   */
  put(key: string, encode: (revision: number) => string, condition?: WriteCondition): Promise<Entry>;
  /**
   * Removes a key; gives what was last there, its revision being the deleting one. `encode` may rewrite the last value
   * that watchers see. Undefined when there was none and none was expected.
   */
  delete(key: string, condition?: WriteCondition, encode?: (revision: number) => string): Promise<Entry | undefined>;

  get(key: string, revision?: number): Entry | undefined;
  /**
   * What the next write of the key will find: a write under way may have put it there, and may still fail. Only to base
   * a write on, or an answer that waits for `settled`; never to be shown before.
   */
  newest(key: string): Entry | undefined;
  /** Resolves when all writes that were taken in so far are durable. Throws StoreFullError when they failed. */
  settled(): Promise<void>;
  /** All keys that begin with `prefix`. */
  range(prefix: string, options?: RangeOptions): RangeResult;
  /** How many keys begin with `prefix` now. */
  count(prefix: string): number;

  /**
   * All changes behind revision `from` (exclusive) of keys that begin with `prefix`, in order, each once, history first.
   * Calls `onChanges` with the changes of one transaction at a time, never before they are durable. Throws
   * CompactedError when `from` lies before the compaction; a watcher that is overtaken by a compaction while it reads
   * history ends with it. The first call comes after `watch` has returned.
   */
  watch(prefix: string, from: number, watcher: Watcher): Disposable;

  /**
   * Forgets what was superseded up to and including `revision`, which becomes the oldest that may be asked for. What
   * stands now stays. Does nothing when that has happened already; throws FutureRevisionError, StoreFullError.
   */
  compact(revision: number): Promise<void>;
}

export interface Watcher {
  /** The changes of one transaction under the prefix, at least one. A watcher that throws is ended with its error. */
  onChanges(changes: readonly Change[]): void;
  /** The watcher has now been told of all changes up to this durable revision, its prefix concerned or not. */
  onProgress?(revision: number): void;
  /** No more calls come: the store was closed (no error), or went wrong. Not called for a watcher that was disposed. */
  onEnd?(error?: Error): void;
}

export class RevisionMismatchError extends Error {
  override readonly name = 'RevisionMismatchError';
  /** What stands there instead; undefined when nothing does. */
  readonly current: Entry | undefined;
  constructor(key: string, current: Entry | undefined) {
    super(current === undefined ? `${key} does not exist` : `${key} is at revision ${current.revision}`);
    this.current = current;
  }
}

export class CompactedError extends Error {
  override readonly name = 'CompactedError';
  readonly compactedRevision: number;
  constructor(compactedRevision: number) {
    super(`the history up to revision ${compactedRevision} has been compacted`);
    this.compactedRevision = compactedRevision;
  }
}

export class FutureRevisionError extends Error {
  override readonly name = 'FutureRevisionError';
  readonly revision: number;
  constructor(revision: number) {
    super(`there is no revision later than ${revision} yet`);
    this.revision = revision;
  }
}

/**
 * The disk is full or refuses writes. Nothing was written; reads go on, and writes work again once there is room, or,
 * when the disk lost what it was given, once the store is opened anew.
 */
export class StoreFullError extends Error {
  override readonly name = 'StoreFullError';
}
