import type { Kind } from '@croft/api/kind';
import { formatKey, type KubeObject, keyOf, type ObjectKey, type Stored } from '@croft/api/object';
import { isExpired, isForbidden } from '@croft/api/status';
import { type BackoffOptions, backoffMs } from '@croft/foundation/backoff';
import type { Clock } from '@croft/foundation/clock';
import { errorMessage } from '@croft/foundation/errors';
import type { Log } from '@croft/foundation/log';
import type { Client } from './client.ts';

export interface InformerScope {
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  /** Objects then have their metadata alone. */
  metadataOnly?: boolean;
}

export interface ObjectChange<T extends KubeObject> {
  type: 'added' | 'modified' | 'deleted';
  object: Stored<T>;
  /** What was known before; absent for `added`. */
  previous?: Stored<T>;
}

/** A local copy of all objects of a kind, kept up to date by a watch. Objects are shared: never change them. */
export interface Informer<T extends KubeObject> extends AsyncDisposable {
  /** Resolves after the first list; rejects only when the informer is disposed before that. */
  readonly synced: Promise<void>;
  get(key: ObjectKey): Stored<T> | undefined;
  list(namespace?: string): Stored<T>[];
  /** Tells of every change from now on, after telling of what is there as `added`. */
  onChange(listener: (change: ObjectChange<T>) => void): Disposable;
  /** Takes over what a write answered, so that the next look sees it though the watch has not told of it yet. */
  learn(object: Stored<T>): void;
  /** Takes over that this very object is gone. */
  forget(object: Stored<T>): void;
}

export interface InformerOptions {
  clock: Clock;
  log: Log;
  scope?: InformerScope;
}

const reconnect: BackoffOptions = { firstMs: 50, maxMs: 10_000 };

/**
 * Lists, then watches from there. A watch that ends is taken up where it ended; when that revision is gone (410) the
 * informer lists again and tells of the difference. It tries for as long as it is not disposed.
 */
export function startInformer<T extends KubeObject>(
  client: Client,
  kind: Kind<T>,
  { clock, log, scope = {} }: InformerOptions,
): Informer<T> {
  const objects = new Map<string, Stored<T>>();
  const listeners = new Set<(change: ObjectChange<T>) => void>();
  const stop = new AbortController();
  const first = Promise.withResolvers<void>();
  first.promise.catch(() => {}); // nobody need wait for it

  const gone = new Set<string>(); // uids of what is forgotten until the watch, too, tells that it is gone
  const tell = (change: ObjectChange<T>) => {
    for (const listener of listeners) listener(change);
  };
  const put = (object: Stored<T>) => {
    const key = formatKey(keyOf(object));
    const previous = objects.get(key);
    if (gone.has(object.metadata.uid) || (previous !== undefined && revisionOf(previous) >= revisionOf(object))) return;
    objects.set(key, object);
    if (previous === undefined) return tell({ type: 'added', object });
    if (previous.metadata.uid === object.metadata.uid) return tell({ type: 'modified', object, previous });
    tell({ type: 'deleted', object: previous, previous });
    tell({ type: 'added', object });
  };
  const drop = (object: Stored<T>) => {
    const key = formatKey(keyOf(object));
    const previous = objects.get(key);
    if (previous?.metadata.uid !== object.metadata.uid) return;
    objects.delete(key);
    tell({ type: 'deleted', object, previous });
  };

  /** Gives the revision of the list. */
  async function relist(): Promise<string> {
    const { items, metadata } = await client.list(kind, scope);
    const listed = metadata.resourceVersion ?? '0';
    const present = new Set(items.map((item) => item.metadata.uid));
    for (const uid of gone) if (!present.has(uid)) gone.delete(uid);
    for (const object of objects.values()) {
      if (!present.has(object.metadata.uid) && revisionOf(object) <= Number(listed)) drop(object);
    }
    for (const item of items) put(item);
    return listed;
  }

  /** Follows until the stream ends; gives the last revision seen. */
  async function follow(from: string, seen: (revision: string) => void): Promise<void> {
    const events = client.watch(kind, {
      ...scope,
      resourceVersion: from,
      allowWatchBookmarks: true,
      signal: stop.signal,
    });
    for await (const { type, object } of events) {
      seen(object.metadata.resourceVersion);
      if (type === 'ADDED' || type === 'MODIFIED') put(object);
      else if (type === 'DELETED') {
        drop(object);
        gone.delete(object.metadata.uid);
      }
    }
  }

  async function runLoop(): Promise<void> {
    let revision: string | undefined;
    let failures = 0;
    while (!stop.signal.aborted) {
      try {
        if (revision === undefined) {
          revision = await relist();
          first.resolve();
        }
        await follow(revision, (seen) => {
          revision = seen;
          failures = 0;
        });
      } catch (error) {
        if (stop.signal.aborted) return;
        failures += 1;
        if (isExpired(error)) revision = undefined;
        else tellTrouble(failures, error);
        await clock.wait(backoffMs(failures, reconnect), stop.signal).catch(() => {});
      }
    }
  }

  /** A missing right is for a person to mend; all else passes by itself. */
  function tellTrouble(failures: number, error: unknown): void {
    const facts = { kind: kind.kind, error: errorMessage(error) };
    if (isForbidden(error) && failures === 1) log.warn('objects cannot be watched', facts);
    else log.debug('watch interrupted', facts);
  }

  const loop = runLoop();
  return {
    synced: first.promise,
    get: (key) => objects.get(formatKey(key)),
    list: (namespace) => {
      const all = [...objects.values()];
      return namespace === undefined ? all : all.filter((object) => object.metadata.namespace === namespace);
    },
    onChange: (listener) => {
      for (const object of objects.values()) listener({ type: 'added', object });
      listeners.add(listener);
      return { [Symbol.dispose]: () => listeners.delete(listener) };
    },
    learn: put,
    forget: (object) => {
      if (objects.get(formatKey(keyOf(object)))?.metadata.uid !== object.metadata.uid) return;
      gone.add(object.metadata.uid);
      drop(object);
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort(new Error('the informer was stopped'));
      first.reject(stop.signal.reason);
      await loop;
      listeners.clear();
    },
  };
}

/** Revisions of one kind can be compared as numbers: the larger is the later (Kubernetes since 1.35 promises it). */
function revisionOf(object: Stored<KubeObject>): number {
  return Number(object.metadata.resourceVersion);
}
