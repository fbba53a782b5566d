import type { Kind } from '@croft/api/kind';
import { type KubeObject, keyOf, type ObjectKey, type Stored } from '@croft/api/object';
import type { Client } from '@croft/client/client';
import { startInformer } from '@croft/client/informer';
import type { Clock } from '@croft/foundation/clock';
import type { Log } from '@croft/foundation/log';
import type { Readiness } from './kstatus.ts';
import { readinessOf } from './readiness.ts';

export interface Awaited {
  kind: Kind;
  key: ObjectKey;
}

export interface WaitContext {
  client: Client;
  clock: Clock;
  log: Log;
  signal?: AbortSignal;
}

export interface WaitOptions {
  timeoutMs: number;
  /** What to wait for; being Current (readinessOf) when left out. An absent object is passed as undefined. */
  done?: (object: Stored<KubeObject> | undefined, one: Awaited, others: Others) => Readiness;
  /** Kinds that `done` looks at beside the object itself, in its namespace. */
  related?: (kind: Kind) => readonly Kind[];
  /** Look again after so many milliseconds though nothing changed. */
  lookAgainMs?: number;
  /** Told when what is waited for changes, with one line a waiting object. */
  onProgress?: (waiting: readonly string[]) => void;
  /** A failed object ends the wait at once; on by default. */
  failFast?: boolean;
}

/** All objects of a related kind in a namespace. */
export type Others = (kind: Kind, namespace: string | undefined) => Stored<KubeObject>[];

/** Not all objects became ready. The message names each that did not, and why. */
export class NotReadyError extends Error {
  override readonly name = 'NotReadyError';
}

/** A timer for longer ends at once. */
const longestTimerMs = 2 ** 31 - 1;

const absent: Readiness = { status: 'InProgress', message: 'does not exist' };
/** What is waited for where nothing else is said. */
export const whenCurrent = (object: Stored<KubeObject> | undefined): Readiness =>
  object === undefined ? absent : readinessOf(object);

/** Waits until every object is ready, told by watches. Throws NotReadyError, or the signal's reason. */
export async function waitForObjects(
  context: WaitContext,
  awaited: readonly Awaited[],
  options: WaitOptions,
): Promise<void> {
  if (awaited.length === 0) return;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const done = options.done ?? whenCurrent;
  const known = new Map<string, Readiness>();
  await using watched = openInformers(context, withRelated(awaited, options.related));

  function look(): void {
    for (const one of awaited) {
      const { kind, key } = one;
      known.set(nameOf(kind, key), done(watched.get(kind, key), one, watched.list));
    }
    const open = [...known].filter(([, { status }]) => status !== 'Current');
    if (open.length === 0) return resolve();
    const lines = open.map(([name, { message }]) => `${name}: ${message}`);
    const broken = open.some(([, { status }]) => status === 'Failed');
    if (broken && options.failFast !== false) reject(new NotReadyError(lines.join('; ')));
    else options.onProgress?.(lines);
  }
  const timer = setTimeout(
    () => {
      const open = [...known].filter(([, { status }]) => status !== 'Current');
      const why = open.map(([name, { message }]) => `${name}: ${message}`).join('; ') || 'the API did not answer';
      reject(new NotReadyError(`not ready after ${options.timeoutMs / 1000} s: ${why}`));
    },
    Math.min(options.timeoutMs, longestTimerMs),
  );
  const again = options.lookAgainMs === undefined ? undefined : setInterval(look, options.lookAgainMs);
  const abort = () => reject(context.signal?.reason);
  context.signal?.addEventListener('abort', abort, { once: true });
  if (context.signal?.aborted) abort();
  watched.onChange(look);
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    clearInterval(again);
    context.signal?.removeEventListener('abort', abort);
  }
}

function withRelated(awaited: readonly Awaited[], related: WaitOptions['related'] = () => []): Awaited[] {
  return awaited.flatMap((one) => [one, ...related(one.kind).map((kind) => ({ kind, key: one.key }))]);
}

/** One informer for each kind and namespace; `onChange` calls once all know what is there, then at every change. */
function openInformers(context: WaitContext, awaited: readonly Awaited[]) {
  const scopes = new Map(awaited.map(({ kind, key }) => [scopeOf(kind, key), { kind, namespace: key.namespace }]));
  const informers = new Map(
    [...scopes].map(([scope, { kind, namespace }]) => [
      scope,
      startInformer<KubeObject>(context.client, kind, {
        ...context,
        scope: namespace === undefined ? {} : { namespace },
      }),
    ]),
  );
  return {
    get: (kind: Kind, key: ObjectKey) => informers.get(scopeOf(kind, key))?.get(key),
    list: (kind: Kind, namespace: string | undefined) =>
      informers.get(scopeOf(kind, { namespace, name: '' }))?.list(namespace) ?? [],
    onChange: (listener: () => void) => {
      Promise.all([...informers.values()].map(({ synced }) => synced)).then(
        () => {
          for (const informer of informers.values()) informer.onChange(listener);
          listener();
        },
        () => {}, // disposed before the first list: nobody waits any more
      );
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...informers.values()].map((informer) => informer[Symbol.asyncDispose]()));
    },
  };
}

function scopeOf(kind: Kind, key: ObjectKey): string {
  return `${kind.group}/${kind.plural}/${key.namespace ?? ''}`;
}

function nameOf(kind: Kind, key: ObjectKey): string {
  return key.namespace === undefined ? `${kind.kind}/${key.name}` : `${kind.kind}/${key.namespace}/${key.name}`;
}

/** Waits until none of the objects is there. Watches only those that are there at first. */
export async function waitForAbsence(
  context: WaitContext,
  awaited: readonly Awaited[],
  timeoutMs: number,
): Promise<void> {
  const live = await Promise.all(awaited.map(async ({ kind, key }) => await context.client.find(kind, key)));
  const left = awaited.filter((_, index) => live[index] !== undefined);
  await waitForObjects(context, left, {
    timeoutMs,
    done: (object) =>
      object === undefined ? { status: 'Current', message: '' } : { status: 'InProgress', message: 'is still there' },
  });
}

export function awaitedOf(kind: Kind, object: KubeObject): Awaited {
  const { name, namespace } = keyOf(object);
  return { kind, key: kind.namespaced ? { name, namespace } : { name } };
}
