import type { Stored, UnknownObject } from '@croft/api/object';
import type { Job } from '@croft/api/types';
import { errorMessage } from '@croft/foundation/errors';
import { areAllReady } from './ask-first.ts';
import type { ResolvedObject } from './objects.ts';
import { explainPods } from './pod-trouble.ts';
import { isLostJob, readyForHelm, relatedForHelm } from './ready-for-helm.ts';
import type { ActionOptions, ReleaseContext } from './release-context.ts';
import { withoutSettled } from './settled.ts';
import { awaitedOf, NotReadyError, waitForAbsence, waitForObjects, whenCurrent } from './wait.ts';
import { waitAsHelm4, waitForAbsenceAsHelm4 } from './wait-as-helm4.ts';
import { watchForTrouble } from './watch-for-trouble.ts';

/** How long Helm 3 looks at a Job that cannot succeed any more. */
const lostJobMs = 60_000;
const deadline = 'context deadline exceeded';

/**
 * Waits until the objects of a release are ready, and with `waitForJobs` until its Jobs have ended. Throws when they do not in
 * time, and not to the letter of a Helm also when a Pod cannot start however long it is waited for.
 */
export async function waitForRelease(
  context: ReleaseContext,
  objects: readonly ResolvedObject[],
  options: ActionOptions,
  written: readonly UnknownObject[] = [],
): Promise<void> {
  const { asHelm } = context;
  if (asHelm === 3) return await waitAsHelm3(context, objects, options);
  if (asHelm === 4) return await waitAsHelm4(context, objects, options);
  await waitAndExplain(context, withoutSettled(objects, written, options.readiness), options);
}

async function waitAndExplain(
  context: ReleaseContext,
  objects: readonly ResolvedObject[],
  { timeoutMs, waitForJobs, readiness = whenCurrent, onProgress }: ActionOptions,
): Promise<void> {
  const awaited = objects
    .filter(({ kind }) => waitForJobs === true || kind.kind !== 'Job')
    .map(({ kind, object }) => awaitedOf(kind, object));
  if (await areAllReady(context.client, awaited, readiness)) return;
  await using pods = watchForTrouble(context, objects);
  try {
    await waitForObjects({ ...context, signal: pods.signal }, awaited, {
      timeoutMs,
      done: readiness,
      ...(onProgress === undefined ? {} : { onProgress: (waiting) => onProgress(waiting.join('; ')) }),
    });
  } catch (error) {
    if (!(error instanceof NotReadyError) || error === pods.signal.reason) throw error;
    const causes = await explainPods(context.client, objects).catch((problem: unknown) => [errorMessage(problem)]);
    throw new NotReadyError([error.message, ...causes].join('; '), { cause: error });
  }
}

async function waitAsHelm3(
  context: ReleaseContext,
  objects: readonly ResolvedObject[],
  { timeoutMs, waitForJobs = false, onProgress }: ActionOptions,
): Promise<void> {
  const awaited = objects.map(({ kind, object }) => awaitedOf(kind, object));
  const isReady = readyForHelm(waitForJobs);
  const { clock } = context;
  let lostSince: number | undefined;
  let lost = '';
  try {
    await waitForObjects(context, awaited, {
      timeoutMs,
      related: relatedForHelm,
      lookAgainMs: 2_000,
      done: (object, one, others) => {
        const readiness = isReady(object, one, others);
        if (!waitForJobs || one.kind.kind !== 'Job' || object === undefined || !isLostJob(object as Stored<Job>)) {
          return readiness;
        }
        lostSince ??= clock.now();
        lost = `job is failed: ${one.key.namespace ?? ''}/${one.key.name}`;
        return clock.now() - lostSince < lostJobMs ? readiness : { status: 'Failed', message: lost };
      },
      ...(onProgress === undefined ? {} : { onProgress: (waiting) => onProgress(waiting.join('; ')) }),
    });
  } catch (error) {
    if (!(error instanceof NotReadyError)) throw error;
    const isLost = lostSince !== undefined && clock.now() - lostSince >= lostJobMs;
    await explain(context, objects, error);
    throw new Error(isLost ? lost : deadline, { cause: error });
  }
}

/** Helm's error does not say what is not ready; the log does. */
async function explain({ client, log }: ReleaseContext, objects: readonly ResolvedObject[], error: Error) {
  const causes = await explainPods(client, objects).catch((problem: unknown) => [errorMessage(problem)]);
  log.warn('not ready', { objects: error.message, ...(causes.length === 0 ? {} : { pods: causes.join('; ') }) });
}

/** Waits until none of the objects is there. Throws when they are not gone in time. */
export async function waitForRemoval(
  context: ReleaseContext,
  objects: readonly ResolvedObject[],
  timeoutMs: number,
): Promise<void> {
  const awaited = objects.map(({ kind, object }) => awaitedOf(kind, object));
  if (context.asHelm === 4) return await waitForAbsenceAsHelm4(context, awaited, timeoutMs);
  try {
    await waitForAbsence(context, awaited, timeoutMs);
  } catch (error) {
    if (context.asHelm === undefined || !(error instanceof NotReadyError)) throw error;
    throw new Error(deadline, { cause: error });
  }
}
