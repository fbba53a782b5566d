import type { KubeObject, Stored } from '@croft/api/object';
import type { Job, Pod } from '@croft/api/types';
import { errorMessage } from '@croft/foundation/errors';
import type { ReleaseHook, ReleaseRecord } from '@croft/helm/release/record';
import type { HookEvent } from '@croft/helm/render/manifests';
import { throwCombined } from './batches.ts';
import { createObjects } from './create-objects.ts';
import { deleteObjects } from './delete-objects.ts';
import { showHookLogs } from './hook-logs.ts';
import type { Readiness } from './kstatus.ts';
import { buildObjects, type ResolvedObject } from './objects.ts';
import { readinessOf } from './readiness.ts';
import { noteRecord } from './record-store.ts';
import { type ActionOptions, nowText, type ReleaseContext } from './release-context.ts';
import { awaitedOf, NotReadyError, waitForObjects } from './wait.ts';
import { waitForHookAsHelm4 } from './wait-as-helm4.ts';
import { waitForRemoval } from './wait-for-release.ts';
import { watchForTrouble } from './watch-for-trouble.ts';
import type { ApplyMethod } from './write-object.ts';

type DeletePolicy = 'before-hook-creation' | 'hook-succeeded' | 'hook-failed';

/** A hook failed; the release fails with it. */
export class HookError extends Error {
  override readonly name = 'HookError';
}

export interface HookRun extends Pick<ActionOptions, 'timeoutMs' | 'onHookLog'> {
  event: HookEvent;
  /** Only these of the record's hooks; all when left out. */
  only?: (hook: ReleaseHook) => boolean;
  method: ApplyMethod;
  /** Called when the hooks have run, well or not, before any is deleted for it. */
  beforeCleanup?: () => Promise<void>;
}

/**
 * Runs the release's hooks of an event one after the other, by weight, then name: deletes by policy what is there, makes the
 * hook's objects, waits for Jobs and Pods to end, and at last deletes by policy. The record, whose hooks tell how they ran, is
 * stored before each. Throws HookError, or in Helm's words.
 */
export async function runHooks(context: ReleaseContext, record: ReleaseRecord, run: HookRun): Promise<void> {
  const { event, only = () => true } = run;
  const hooks = record.hooks
    .filter((hook) => (hook.events ?? []).includes(event) && only(hook))
    .sort((left, right) => (left.weight ?? 0) - (right.weight ?? 0) || compare(left.name, right.name));
  for (const [index, hook] of hooks.entries()) {
    hook.delete_policies = hook.delete_policies?.length ? hook.delete_policies : ['before-hook-creation'];
    await deleteByPolicy(context, record, hook, 'before-hook-creation', run);
    await runHook(context, record, hook, run).catch(async (error: unknown) => {
      await endFailed(context, record, hooks.slice(0, index), hook, run, error);
    });
  }
  await run.beforeCleanup?.();
  for (const hook of hooks.toReversed()) {
    await showLogs(context, record, hook, 'hook-succeeded', run);
    await deleteByPolicy(context, record, hook, 'hook-succeeded', run);
  }
}

/** The hook was made, but did not end well. */
class HookEndError extends Error {
  override readonly name = 'HookEndError';
}

async function runHook(context: ReleaseContext, record: ReleaseRecord, hook: ReleaseHook, run: HookRun): Promise<void> {
  const objects = await buildHook(context, record, hook, `unable to build kubernetes object for ${run.event} hook`);
  hook.last_run = { started_at: nowText(context), completed_at: '', phase: 'Running' };
  await noteRecord(context, record);
  const end = (phase: 'Succeeded' | 'Failed') => {
    hook.last_run = { ...hook.last_run, completed_at: nowText(context), phase };
  };
  try {
    await createObjects(context, objects, run.method);
  } catch (error) {
    end('Failed');
    throw new Error(`warning: Hook ${run.event} ${hook.path} failed: ${errorMessage(error)}`, { cause: error });
  }
  try {
    await waitForHook(context, objects, run.timeoutMs);
  } catch (error) {
    end('Failed');
    throw new HookEndError(errorMessage(error), { cause: error });
  }
  end('Succeeded');
}

async function endFailed(
  context: ReleaseContext,
  record: ReleaseRecord,
  done: readonly ReleaseHook[],
  hook: ReleaseHook,
  run: HookRun,
  error: unknown,
): Promise<never> {
  const hasRun = error instanceof HookEndError;
  if (hasRun) await showLogs(context, record, hook, 'hook-failed', run);
  await run.beforeCleanup?.();
  if (hasRun) {
    await deleteByPolicy(context, record, hook, 'hook-failed', run).catch((problem: unknown) => {
      context.log.warn('a failed hook could not be deleted', { hook: hook.name, error: errorMessage(problem) });
    });
    for (const earlier of done) await deleteByPolicy(context, record, earlier, 'hook-succeeded', run);
  }
  if (context.asHelm !== undefined) throw error;
  throw new HookError(`${run.event} hook ${hook.path} failed: ${errorMessage(error)}`, { cause: error });
}

async function waitForHook(
  context: ReleaseContext,
  objects: readonly ResolvedObject[],
  timeoutMs: number,
): Promise<void> {
  const runs = objects
    .filter(({ kind }) => kind.kind === 'Job' || kind.kind === 'Pod')
    .map(({ kind, object }) => awaitedOf(kind, object));
  if (context.asHelm === 4) return await waitForHookAsHelm4(context, runs, timeoutMs);
  if (context.asHelm === undefined) {
    await using pods = watchForTrouble(context, objects);
    return await waitForObjects({ ...context, signal: pods.signal }, runs, { timeoutMs, done: readEnd });
  }
  const failures: unknown[] = [];
  for (const one of runs) {
    const done = endReader();
    await waitForObjects(context, [one], { timeoutMs, done }).catch((error: unknown) => {
      failures.push(error instanceof NotReadyError ? new Error(done.problem() ?? timedOut) : error);
    });
  }
  throwCombined(failures, 3);
}

const timedOut = 'timed out waiting for the condition';

/** Reads as Helm 3 does; an object that is deleted has ended. `problem` tells how it failed. */
function endReader() {
  let wasThere = false;
  let problem: string | undefined;
  const read = (object: Stored<KubeObject> | undefined): Readiness => {
    if (object === undefined) return { status: wasThere ? 'Current' : 'InProgress', message: '' };
    wasThere = true;
    problem = findFailure(object);
    return problem === undefined ? readEnd(object) : { status: 'Failed', message: problem };
  };
  return Object.assign(read, { problem: () => problem });
}

function findFailure(object: Stored<KubeObject>): string | undefined {
  const { name } = object.metadata;
  if (object.kind === 'Pod')
    return (object as Stored<Pod>).status?.phase === 'Failed' ? `pod ${name} failed` : undefined;
  const conditions = (object as Stored<Job>).status?.conditions ?? [];
  const end = conditions.find(({ type, status }) => status === 'True' && (type === 'Complete' || type === 'Failed'));
  return end?.type === 'Failed' ? `job ${name} failed: ${end.reason ?? ''}` : undefined;
}

/** How far a Job or Pod is on its way to its end; being ready is not enough for a Pod. */
function readEnd(object: Stored<KubeObject> | undefined): Readiness {
  if (object === undefined) return { status: 'InProgress', message: 'does not exist' };
  if (object.kind === 'Job') return readinessOf(object as Job);
  const { phase, message, containerStatuses = [] } = (object as Pod).status ?? {};
  if (phase === 'Succeeded') return { status: 'Current', message: '' };
  if (phase !== 'Failed') return { status: 'InProgress', message: `the Pod is ${phase ?? 'Pending'}` };
  const codes = containerStatuses.map(
    ({ name, state }) => `${name} ended with exit code ${state?.terminated?.exitCode ?? 'unknown'}`,
  );
  return { status: 'Failed', message: message ?? `the Pod failed: ${codes.join(', ')}` };
}

async function deleteByPolicy(
  context: ReleaseContext,
  record: ReleaseRecord,
  hook: ReleaseHook,
  policy: DeletePolicy,
  { timeoutMs }: HookRun,
): Promise<void> {
  if (hook.delete_policies?.includes(policy) !== true || hook.kind === 'CustomResourceDefinition') return;
  const objects = await buildHook(context, record, hook, 'unable to build kubernetes object for deleting hook');
  const failures = await deleteObjects(context, objects);
  if (failures.length > 0) throw new Error(failures.join('; '));
  await waitForRemoval(context, objects, timeoutMs);
}

async function buildHook({ client }: ReleaseContext, record: ReleaseRecord, hook: ReleaseHook, problem: string) {
  try {
    return await buildObjects(client, hook.manifest, record.namespace);
  } catch (error) {
    throw new Error(`${problem} ${hook.path}: ${errorMessage(error)}`, { cause: error });
  }
}

async function showLogs(
  { client, log }: ReleaseContext,
  { namespace }: ReleaseRecord,
  hook: ReleaseHook,
  policy: 'hook-succeeded' | 'hook-failed',
  { onHookLog }: HookRun,
): Promise<void> {
  if (onHookLog === undefined || hook.output_log_policies?.includes(policy) !== true) return;
  await showHookLogs(client, hook, namespace, onHookLog).catch((error: unknown) => {
    log.warn('error outputting logs for hook', { hook: hook.name, error: errorMessage(error) });
  });
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
