import type { Kind } from '@croft/api/kind';
import { type KubeObject, keyOf, type ObjectKey, type Stored } from '@croft/api/object';
import { isConflict, isNotFound } from '@croft/api/status';
import { errorMessage } from '@croft/foundation/errors';
import { jsonEqual } from '@croft/foundation/json';
import { type Condition, findCondition, withCondition, withoutCondition } from './conditions.ts';
import type { ControllerContext } from './controller.ts';
import type { EventRecorder } from './events.ts';
import { createFailureEvents, type PassEvent } from './failure-events.ts';
import { addFinalizer, removeFinalizer } from './finalizers.ts';
import { reasonOf, StalledError, WaitingError } from './outcome.ts';

/** The part of a status that the loop writes; kinds add fields of their own. */
export interface ReconciledStatus {
  conditions?: Condition[];
  observedGeneration?: number;
  lastHandledReconcileAt?: string;
}

export interface ReconciledObject extends KubeObject {
  spec?: { suspend?: boolean };
  status?: ReconciledStatus;
}

/** What one pass of the steps works on. Steps change `status`; only the loop writes it. */
export interface Pass<T extends ReconciledObject> {
  readonly object: Stored<T>;
  readonly key: ObjectKey;
  status: NonNullable<T['status']>;
  /** The Ready condition's reason and message when all steps succeed. */
  ready: { reason: string; message: string };
  /** Look again after so long although all is well. */
  requeueAfterMs?: number;
  /** Events to tell once the status is written. */
  readonly events: PassEvent[];
  /** Told with the event of the failure that ends the pass: see PassEvent. */
  failureMetadata?: PassEvent['metadata'];
  /** Aborts when this pass is out of date: see ControllerOptions.reconcile. */
  readonly signal: AbortSignal;
  /**
   * Shows progress at once: writes the Reconciling condition with this message. Ready becomes Unknown with the same, or what
   * is given.
   */
  progress(message: string, ready?: Pick<Condition, 'status' | 'reason' | 'message'>): Promise<void>;
  /** Tells the events so far now, though the pass goes on. */
  tell(): void;
}

export type Step<T extends ReconciledObject> = (pass: Pass<T>) => Promise<void>;

export interface StepsOptions<T extends ReconciledObject> {
  kind: Kind<T>;
  finalizer: string;
  steps: readonly Step<T>[];
  /** Undoes what was done, before the object goes. */
  finalize: Step<T>;
  events: EventRecorder;
}

/** The annotation by which a person asks for a reconcile now; its value is any new text. */
export const requestedAtAnnotation = 'reconcile.fluxcd.io/requestedAt';

/** A change that steps must look at: of anything but the status, which they write themselves. For `isNews` of a controller. */
export function isBeyondStatus(
  { metadata: before }: Stored<KubeObject>,
  { metadata: after }: Stored<KubeObject>,
): boolean {
  const fields = ['generation', 'deletionTimestamp', 'annotations', 'labels', 'finalizers'] as const;
  return fields.some((field) => !jsonEqual(before[field], after[field]));
}

/**
 * A reconcile made of steps in order, for Flux's kinds. Conditions follow kstatus: Ready, and while it is not True one
 * of Reconciling (work goes on) or Stalled (a person must act).
 */
export function reconcileSteps<T extends ReconciledObject>(context: ControllerContext, options: StepsOptions<T>) {
  const { client, clock } = context;
  const { kind, finalizer, steps, events } = options;

  const failures = createFailureEvents(clock);
  /** What was written last for an object that a pass has begun with. */
  const writtenFor = new WeakMap<Stored<T>, Stored<T>>();

  async function writeStatus(object: Stored<T>, status: NonNullable<T['status']>): Promise<void> {
    const before = (writtenFor.get(object) ?? object).status;
    if (jsonEqual(before, status)) return;
    const gone = Object.fromEntries(
      Object.keys(before ?? {})
        .filter((field) => !(field in status))
        .map((field) => [field, null]),
    );
    try {
      const body = { status: { ...gone, ...status } };
      const written = await client.patch(kind, keyOf(object), body, { subresource: 'status' });
      writtenFor.set(object, written);
      context.informers.of(kind).learn(written); // the next pass goes on from here
    } catch (error) {
      if (!isNotFound(error) && !isConflict(error)) throw error; // it was deleted meanwhile, or the watch brings a newer one
    }
  }

  function openPass(object: Stored<T>, signal: AbortSignal): Pass<T> {
    const status = structuredClone(object.status ?? {}) as NonNullable<T['status']>;
    const pass: Pass<T> = {
      object,
      key: keyOf(object),
      signal,
      status,
      ready: { reason: 'ReconciliationSucceeded', message: 'Reconciliation succeeded' },
      events: [],
      progress: async (message, ready = { status: 'Unknown' }) => {
        const inProgress = { status: 'True', reason: 'Progressing', message, ...generationOf(object) } as const;
        let conditions = withCondition(pass.status.conditions, { type: 'Reconciling', ...inProgress }, clock.now());
        conditions = withCondition(conditions, { type: 'Ready', ...inProgress, ...ready }, clock.now());
        await writeStatus(object, { ...pass.status, conditions: withoutCondition(conditions, 'Stalled') });
      },
      tell: () => {
        const told = notifiedMetadata(pass);
        for (const { type, reason, message, metadata } of pass.events.splice(0))
          events.record(object, type, reason, message, { ...told, ...metadata });
      },
    };
    return pass;
  }

  return async (
    object: Stored<T> | undefined,
    _key: ObjectKey,
    signal: AbortSignal,
  ): Promise<{ requeueAfterMs?: number } | undefined> => {
    if (object === undefined) return undefined;
    if (object.metadata.deletionTimestamp !== undefined) {
      failures.ended(object);
      await options.finalize(openPass(object, signal));
      await removeFinalizer(client, kind, object, finalizer);
      return undefined;
    }
    if (object.spec?.suspend) return undefined;
    const held = await addFinalizer(client, kind, object, finalizer);
    if (held !== object) return undefined; // the watch brings the object with its finalizer
    const pass = openPass(object, signal);
    const failure = await runSteps(pass, steps);
    if (failure !== undefined && signal.aborted) throw failure;
    if (
      failure === undefined &&
      pass.events.length === 0 &&
      findCondition(object.status?.conditions, 'Ready')?.status === 'False'
    )
      pass.events.push({ type: 'Normal', ...pass.ready }); // who was told of the failure is told of its end
    summarize(pass, failure, clock.now());
    await writeStatus(object, pass.status);
    if (failure === undefined) failures.ended(object);
    else pass.events.push(...failures.withFailure(object, pass.events.splice(0), failure, pass.failureMetadata));
    pass.tell();
    if (failure !== undefined) throw failure;
    return pass.requeueAfterMs === undefined ? undefined : { requeueAfterMs: pass.requeueAfterMs };
  };
}

async function runSteps<T extends ReconciledObject>(pass: Pass<T>, steps: readonly Step<T>[]): Promise<unknown> {
  try {
    for (const step of steps) await step(pass);
    return undefined;
  } catch (error) {
    return error ?? new Error('a step failed without saying why');
  }
}

/** Turns the outcome of the steps into conditions: the one place that does. */
function summarize<T extends ReconciledObject>(pass: Pass<T>, failure: unknown, nowMs: number): void {
  const { status, object } = pass;
  const generation = generationOf(object);
  const requestedAt = object.metadata.annotations?.[requestedAtAnnotation];
  if (requestedAt !== undefined) status.lastHandledReconcileAt = requestedAt;
  if (failure === undefined || failure instanceof StalledError)
    status.observedGeneration = object.metadata.generation ?? 1;
  const also = failure instanceof StalledError ? 'Stalled' : 'Reconciling';
  let conditions = withoutCondition(status.conditions, also === 'Stalled' ? 'Reconciling' : 'Stalled');
  if (failure === undefined) {
    conditions = withoutCondition(conditions, also);
    conditions = withCondition(conditions, { type: 'Ready', status: 'True', ...pass.ready, ...generation }, nowMs);
  } else {
    const cause = { reason: reasonOf(failure), message: errorMessage(failure), ...generation };
    const ready = failure instanceof WaitingError && failure.retryAfterMs === undefined ? 'Unknown' : 'False';
    conditions = withCondition(conditions, { type: 'Ready', status: ready, ...cause }, nowMs);
    const alsoReason = failure instanceof StalledError ? cause.reason : 'ProgressingWithRetry';
    conditions = withCondition(conditions, { type: also, status: 'True', ...cause, reason: alsoReason }, nowMs);
  }
  status.conditions = conditions;
}

/** What notifications tell besides the message: the revision that this was about, and the request that asked for it. */
function notifiedMetadata<T extends ReconciledObject>({ object, status }: Pass<T>): Record<string, string> {
  const { lastAttemptedRevision, artifact } = status as {
    lastAttemptedRevision?: string;
    artifact?: { revision?: string };
  };
  const revision = lastAttemptedRevision ?? artifact?.revision;
  const token = object.metadata.annotations?.[requestedAtAnnotation];
  return { ...(revision === undefined ? {} : { revision }), ...(token === undefined ? {} : { token }) };
}

function generationOf(object: KubeObject): { observedGeneration: number } {
  return { observedGeneration: object.metadata?.generation ?? 1 };
}
