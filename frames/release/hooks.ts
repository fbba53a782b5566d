import { type KubeObject, keyOf, type Stored, type UnknownObject } from '@croft/api/object';
import type { Job, Pod } from '@croft/api/types';
import { formatTime } from '@croft/foundation/clock';
import { errorMessage } from '@croft/foundation/errors';
import type { ReleaseHook, ReleaseRecord } from '@croft/helm/release/record';
import { identify, type ResolvedObject, resolveObjects } from './objects.ts';
import { parseManifest } from './parse-manifest.ts';
import { type Readiness, readinessOf } from './readiness.ts';
import { awaitedOf, type WaitContext, waitForAbsence, waitForObjects } from './wait.ts';

export type HookEvent =
  | 'pre-install'
  | 'post-install'
  | 'pre-upgrade'
  | 'post-upgrade'
  | 'pre-rollback'
  | 'post-rollback'
  | 'pre-delete'
  | 'post-delete'
  | 'test';

type DeletePolicy = 'before-hook-creation' | 'hook-succeeded' | 'hook-failed';

/** A hook failed; the release fails with it. */
export class HookError extends Error {
  override readonly name = 'HookError';
}

/**
 * Runs the release's hooks of an event one after the other, by weight, then name: makes each hook's objects, waits for
 * Jobs and Pods to end, deletes by policy. The record's `last_run` is filled in. Throws HookError.
 */
export async function runHooks(
  context: WaitContext,
  record: ReleaseRecord,
  event: HookEvent,
  timeoutMs: number,
): Promise<void> {
  const hooks = (record.hooks ?? [])
    .filter(({ events }) => events?.includes(event))
    .sort(
      (left, right) =>
        (left.weight ?? 0) - (right.weight ?? 0) || compare(left.kind, right.kind) || compare(left.name, right.name),
    );
  const done: ReleaseHook[] = [];
  for (const hook of hooks) {
    await deleteByPolicy(context, record, hook, 'before-hook-creation', timeoutMs);
    await runHook(context, record, hook, event, timeoutMs, done);
    done.push(hook);
  }
  for (const hook of done) await deleteByPolicy(context, record, hook, 'hook-succeeded', timeoutMs);
}

async function runHook(
  context: WaitContext,
  record: ReleaseRecord,
  hook: ReleaseHook,
  event: HookEvent,
  timeoutMs: number,
  done: readonly ReleaseHook[],
): Promise<void> {
  const { client, clock } = context;
  hook.last_run = { started_at: formatTime(clock.now()), completed_at: '', phase: 'Running' };
  try {
    const objects = await objectsOf(context, record, hook);
    for (const { kind, object } of objects) await client.create<KubeObject>(kind, object, { fieldManager: 'helm' });
    const runs = objects.filter(({ kind }) => kind.kind === 'Job' || kind.kind === 'Pod');
    await waitForObjects(
      context,
      runs.map(({ kind, object }) => awaitedOf(kind, object)),
      { timeoutMs, done: ended },
    );
    hook.last_run = { ...hook.last_run, completed_at: formatTime(clock.now()), phase: 'Succeeded' };
  } catch (error) {
    hook.last_run = { ...hook.last_run, completed_at: formatTime(clock.now()), phase: 'Failed' };
    await deleteByPolicy(context, record, hook, 'hook-failed', timeoutMs);
    for (const earlier of done) await deleteByPolicy(context, record, earlier, 'hook-succeeded', timeoutMs);
    throw new HookError(`${event} hook ${hook.path} failed: ${errorMessage(error)}`, { cause: error });
  }
}

/** A Job or Pod of a hook must run to its end; being ready is not enough for a Pod. */
function ended(object: Stored<KubeObject> | undefined): Readiness {
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
  context: WaitContext,
  record: ReleaseRecord,
  hook: ReleaseHook,
  policy: DeletePolicy,
  timeoutMs: number,
): Promise<void> {
  const policies = hook.delete_policies?.length ? hook.delete_policies : ['before-hook-creation'];
  if (!policies.includes(policy) || hook.kind === 'CustomResourceDefinition') return;
  const objects = await objectsOf(context, record, hook);
  for (const { kind, object } of objects)
    await context.client.remove(kind, keyOf(object), { propagationPolicy: 'Background' });
  await waitForAbsence(
    context,
    objects.map(({ kind, object }) => awaitedOf(kind, object)),
    timeoutMs,
  );
}

async function objectsOf({ client }: WaitContext, record: ReleaseRecord, hook: ReleaseHook): Promise<ResolvedObject[]> {
  const objects: UnknownObject[] = parseManifest(hook.manifest);
  const resolved = await resolveObjects(client, objects, record.namespace);
  return [...new Map(resolved.map((item) => [identify(item), item])).values()];
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
