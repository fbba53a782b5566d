import { keyOf, type Stored } from '@croft/api/object';
import { isNotFound } from '@croft/api/status';
import type { Client } from '@croft/client/client';
import { findCondition } from '@croft/controller/conditions';
import { requestedAtAnnotation } from '@croft/controller/reconcile-steps';
import type { Clock } from '@croft/foundation/clock';
import { silentLog } from '@croft/foundation/log';
import type { HelmRelease } from '@croft/gitops/helm-release/types';
import { advise, adviseFailure } from '@croft/platform/advice';
import { describeFailure, findReleaseFailure } from '@croft/platform/release-failure';
import type { Readiness } from '@croft/release/kstatus';
import { NotReadyError, waitForObjects } from '@croft/release/wait';
import { formatTodo } from '../problems.ts';
import { nameOfTarget, outcomeOf, revisionOf, type SyncedObject, type SyncedTarget } from './synced-object.ts';

/** Annotations of a HelmRelease that Flux acts upon when they are as new as the request. */
export const forceAtAnnotation = 'reconcile.fluxcd.io/forceAt';
export const resetAtAnnotation = 'reconcile.fluxcd.io/resetAt';

export interface SyncContext {
  client: Client;
  clock: Clock;
  /** When all is to be over, in milliseconds since 1970. */
  deadlineMs: number;
  say(text: string): void;
}

/** How one object came out of a reconcile that was asked for. */
export interface SyncOutcome {
  target: SyncedTarget;
  ready: boolean;
  message: string;
}

/**
 * Has the objects reconciled now and follows them to the end. Suspended ones are told of and left out; one that fails
 * does not end the wait for the others. `marks` are annotations that are set to the time of the request too.
 */
export async function reconcileNow(
  context: SyncContext,
  targets: readonly SyncedTarget[],
  marks: readonly string[] = [],
): Promise<SyncOutcome[]> {
  const { client, clock, say } = context;
  const requestedAt = new Date(clock.now()).toISOString();
  const annotations = Object.fromEntries([requestedAtAnnotation, ...marks].map((name) => [name, requestedAt]));
  const asked: SyncedTarget[] = [];
  for (const target of targets) {
    if (target.object.spec?.suspend === true) say(`${nameOfTarget(target)}: is suspended and left alone`);
    else if (target.object.spec?.type !== 'oci' && (await annotate(client, target, annotations))) asked.push(target);
  }
  return await follow(context, asked, requestedAt);
}

/** False when the object is gone. */
async function annotate(client: Client, { kind, object }: SyncedTarget, annotations: object): Promise<boolean> {
  try {
    await client.patch(kind, keyOf(object), { metadata: { annotations } });
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

async function follow(
  context: SyncContext,
  targets: readonly SyncedTarget[],
  requestedAt: string,
): Promise<SyncOutcome[]> {
  const { client, clock, deadlineMs, say } = context;
  const names = new Map(targets.map((target) => [target.object.metadata.uid, nameOfTarget(target)]));
  const last = new Map<string, Stored<SyncedObject>>();
  const told = new Map<string, string>();
  const done = (object: Stored<SyncedObject> | undefined): Readiness => {
    if (object === undefined) return outcomeOf(object, requestedAt);
    const { uid } = object.metadata;
    last.set(uid, object);
    const outcome = outcomeOf(object, requestedAt);
    if (outcome.status === 'InProgress' && told.get(uid) !== outcome.message) {
      if (told.has(uid)) say(`${names.get(uid) ?? object.metadata.name}: ${outcome.message}`);
      told.set(uid, outcome.message);
    }
    return outcome.status === 'Failed' ? { ...outcome, status: 'Current' } : outcome;
  };
  let isOver = false;
  try {
    const awaited = targets.map(({ kind, object }) => ({ kind, key: keyOf(object) }));
    const timeoutMs = Math.max(1_000, deadlineMs - clock.now());
    await waitForObjects({ client, clock, log: silentLog }, awaited, { timeoutMs, done });
  } catch (error) {
    if (!(error instanceof NotReadyError)) throw error;
    isOver = true;
  }
  return targets.map(({ kind, object }) => {
    const now = last.get(object.metadata.uid);
    const { status, message } = outcomeOf(now, requestedAt);
    const outcome = { target: { kind, object: now ?? object }, ready: status === 'Current', message };
    if (status !== 'InProgress') return outcome;
    // What was still open when all were done is gone.
    return isOver ? { ...outcome, message: `the time is over: ${message}` } : { ...outcome, ready: true };
  });
}

/** How an object came out of it, in a line for people; with what to do where it failed. */
export function describeOutcome({ target, ready, message }: SyncOutcome): string {
  const { object } = target;
  const name = nameOfTarget(target);
  const revision = revisionOf(object);
  if (ready) return `${name}: ready${revision === '' ? '' : ` at ${revision}`}`;
  const release = target.kind.kind === 'HelmRelease' ? (object as Stored<HelmRelease>) : undefined;
  const failure = release && findReleaseFailure(release);
  const [text, todo] =
    release === undefined || failure === undefined
      ? [`failed: ${message}`, advise(object, findCondition(object.status?.conditions, 'Ready'))]
      : [describeFailure(failure), adviseFailure(release, failure)];
  return [`${name}: ${text}`, ...formatTodo(todo)].join('\n');
}
