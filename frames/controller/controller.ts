import type { Kind } from '@croft/api/kind';
import { formatKey, type KubeObject, keyOf, type ObjectKey, parseKey, type Stored } from '@croft/api/object';
import { isConflict } from '@croft/api/status';
import type { Client } from '@croft/client/client';
import type { Informer, InformerScope } from '@croft/client/informer';
import type { Informers } from '@croft/client/informers';
import type { BackoffOptions } from '@croft/foundation/backoff';
import type { Clock } from '@croft/foundation/clock';
import { errorMessage } from '@croft/foundation/errors';
import type { Log } from '@croft/foundation/log';
import type { ControllerMetrics, ReconcileResult } from './metrics.ts';
import { StalledError, WaitingError } from './outcome.ts';
import { createWorkQueue } from './work-queue.ts';

/** What every controller is given. */
export interface ControllerContext {
  client: Client;
  informers: Informers;
  clock: Clock;
  log: Log;
  /** Where controllers are measured, if anywhere. */
  metrics?: ControllerMetrics;
  /** Aborts when everything is to stop: long waits end with its reason. */
  signal?: AbortSignal;
  /** The objects that these controllers reconcile, of all kinds; what they look up is not limited by it. */
  reconciled?: InformerScope;
}

/** Another kind whose changes cause work; made by `onChangeOf`. */
export interface Trigger {
  synced(informers: Informers): Promise<void>;
  subscribe(informers: Informers, enqueue: (key: ObjectKey) => void): Disposable;
}

/** A trigger: every change of an object of this kind enqueues the keys that `keys` gives for it, before and after. */
export function onChangeOf<T extends KubeObject>(
  kind: Kind<T>,
  keys: (object: Stored<T>) => Iterable<ObjectKey>,
  scope?: InformerScope,
): Trigger {
  return {
    synced: (informers) => informers.of(kind, scope).synced,
    subscribe: (informers, enqueue) =>
      informers.of(kind, scope).onChange(({ object, previous }) => {
        if (previous !== undefined && previous !== object) for (const key of keys(previous)) enqueue(key);
        for (const key of keys(object)) enqueue(key);
      }),
  };
}

/** A kind whose objects are looked up during a reconcile, though their changes cause none. */
export function readsFrom(kind: Kind): Trigger {
  return {
    synced: (informers) => informers.of(kind).synced,
    subscribe: () => ({ [Symbol.dispose]: () => {} }),
  };
}

/** The owner of this kind named in an object's ownerReferences, as keys for `onChangeOf`. */
export function ownersOf(kind: Kind): (object: KubeObject) => ObjectKey[] {
  return (object) =>
    (object.metadata?.ownerReferences ?? [])
      .filter((owner) => owner.kind === kind.kind && owner.controller === true)
      .map((owner) => ({ namespace: kind.namespaced ? object.metadata?.namespace : undefined, name: owner.name }));
}

export interface ControllerOptions<T extends KubeObject> {
  /** Names the controller in logs. */
  name: string;
  kind: Kind<T>;
  scope?: InformerScope;
  triggers?: readonly Trigger[];
  /** Whether a change of the object itself is looked at; every one is when this is left out. */
  isNews?(before: Stored<T>, after: Stored<T>): boolean;
  concurrency?: number;
  backoff?: BackoffOptions;
  /**
   * Brings the world nearer to what the object says. Undefined: the object is gone. Gives the time after which to look
   * again, if any. WaitingError and StalledError are no failures; anything else thrown is tried again with back-off.
   * The signal aborts when the object's spec changes meanwhile or when it is to be deleted: what is thrown then counts for
   * nothing, and the key is worked on anew.
   */
  reconcile(
    object: Stored<T> | undefined,
    key: ObjectKey,
    signal: AbortSignal,
  ): Promise<{ requeueAfterMs?: number } | undefined>;
}

export interface Controller extends AsyncDisposable {
  /** Looks at an object now. */
  enqueue(key: ObjectKey): void;
  readonly idle: boolean;
}

/** Starts a controller: every change of its kind, or of what its triggers watch, leads to a reconcile of a key. */
export function startController<T extends KubeObject>(
  context: ControllerContext,
  options: ControllerOptions<T>,
): Controller {
  const log = context.log.with({ controller: options.name });
  const objects = context.informers.of(options.kind, { ...context.reconciled, ...options.scope });
  /** What is being worked on, with what ends it. */
  const working = new Map<string, AbortController>();
  const { clock } = context;
  const concurrency = options.concurrency ?? 4;
  const measures = context.metrics?.of(options.name, concurrency, () => queue.depth);
  const queue = createWorkQueue({
    concurrency,
    clock,
    measures: measures?.queue,
    ...(options.backoff === undefined ? {} : { backoff: options.backoff }),
    work: async (text) => {
      const superseded = new AbortController();
      working.set(text, superseded);
      try {
        const signals = context.signal === undefined ? [superseded.signal] : [context.signal, superseded.signal];
        const beganAt = clock.now();
        const tell: Tell = (result, isTerminal) => measures?.reconciled(result, clock.now() - beganAt, isTerminal);
        const signal = AbortSignal.any(signals);
        const retryAfterMs = await reconcileOnce(objects, parseKey(text), options.reconcile, signal, tell);
        if (retryAfterMs !== undefined) queue.addAfter(text, retryAfterMs);
      } finally {
        working.delete(text);
      }
    },
    failed: (key, error, retryInMs) => {
      if (isConflict(error)) return; // somebody wrote first: the watch brings the newer object
      log.warn('reconcile failed', { key, error: errorMessage(error), retryInMs });
    },
  });

  const subscriptions: Disposable[] = [];
  const triggers = options.triggers ?? [];
  const enqueue = (key: ObjectKey) => queue.add(formatKey(key));
  const interrupt = (key: ObjectKey) => {
    working.get(formatKey(key))?.abort(new Error('there is something newer to do'));
    enqueue(key);
  };
  let stopped = false;
  const begun = Promise.all([objects.synced, ...triggers.map((trigger) => trigger.synced(context.informers))]).then(
    () => {
      if (stopped) return;
      subscriptions.push(
        objects.onChange(({ object, previous }) => {
          if (previous === undefined) enqueue(keyOf(object));
          else if (asksForOther(previous, object)) interrupt(keyOf(object));
          else if (options.isNews?.(previous, object) ?? true) enqueue(keyOf(object));
        }),
      );
      for (const trigger of triggers) subscriptions.push(trigger.subscribe(context.informers, enqueue));
    },
  );
  begun.catch(() => {}); // the informers were stopped before they had their first list

  return {
    enqueue,
    get idle() {
      return queue.idle;
    },
    [Symbol.asyncDispose]: async () => {
      stopped = true;
      for (const subscription of subscriptions) subscription[Symbol.dispose]();
      await queue[Symbol.asyncDispose]();
    },
  };
}

/** Whether the newer object is meant to be something else: its spec changed, or it is to go. */
function asksForOther({ metadata: before }: Stored<KubeObject>, { metadata: now }: Stored<KubeObject>): boolean {
  return before.generation !== now.generation || before.deletionTimestamp !== now.deletionTimestamp;
}

type Tell = (result: ReconcileResult, isTerminal?: boolean) => void;

async function reconcileOnce<T extends KubeObject>(
  objects: Informer<T>,
  key: ObjectKey,
  reconcile: ControllerOptions<T>['reconcile'],
  signal: AbortSignal,
  tell: Tell,
): Promise<number | undefined> {
  try {
    const requeueAfterMs = (await reconcile(objects.get(key), key, signal))?.requeueAfterMs;
    tell(requeueAfterMs === undefined ? 'success' : 'requeue_after');
    return requeueAfterMs;
  } catch (error) {
    if (signal.aborted || error instanceof WaitingError) {
      tell('requeue_after');
      return signal.aborted ? undefined : (error as WaitingError).retryAfterMs;
    }
    tell('error', error instanceof StalledError);
    if (error instanceof StalledError) return error.retryAfterMs;
    throw error;
  }
}
