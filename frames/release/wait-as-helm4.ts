import type { KubeObject, Stored } from '@croft/api/object';
import type { Job } from '@croft/api/types';
import { hookReadiness, jobReadiness } from './hook-readiness.ts';
import type { Readiness } from './kstatus.ts';
import { kstatusOf } from './kstatus.ts';
import type { ResolvedObject } from './objects.ts';
import type { ActionOptions, ReleaseContext } from './release-context.ts';
import { type Awaited, awaitedOf, NotReadyError, waitForObjects } from './wait.ts';

const deadline = 'context deadline exceeded';

/** Waits by kstatus' rules; one that failed does not keep the others from being waited for. Throws in Helm 4's words. */
export async function waitAsHelm4(
  context: ReleaseContext,
  objects: readonly ResolvedObject[],
  { timeoutMs, waitForJobs }: Pick<ActionOptions, 'timeoutMs' | 'waitForJobs'>,
): Promise<void> {
  const awaited = objects.filter(({ object }) => !isPaused(object)).map(({ kind, object }) => awaitedOf(kind, object));
  const read = (object: Stored<KubeObject>): Readiness =>
    waitForJobs === true && object.kind === 'Job' ? jobReadiness(object as Stored<Job>) : kstatusOf(object);
  await waitFor(context, awaited, timeoutMs, (object) => (object === undefined ? notFound : read(object)));
}

/** Waits until Jobs and Pods of a hook have ended. Throws in Helm 4's words. */
export async function waitForHookAsHelm4(
  context: ReleaseContext,
  awaited: readonly Awaited[],
  timeoutMs: number,
): Promise<void> {
  await waitFor(context, awaited, timeoutMs, (object) => (object === undefined ? notFound : hookReadiness(object)));
}

const notFound: Readiness = { status: 'NotFound', message: 'Resource not found' };

function isPaused(object: KubeObject): boolean {
  return object.kind === 'Deployment' && (object as { spec?: { paused?: boolean } }).spec?.paused === true;
}

async function waitFor(
  context: ReleaseContext,
  awaited: readonly Awaited[],
  timeoutMs: number,
  read: (object: Stored<KubeObject> | undefined) => Readiness,
): Promise<void> {
  const seen = new Map<Awaited, Readiness>();
  const problems = () =>
    awaited.flatMap((one) => {
      const { status, message } = seen.get(one) ?? { status: 'Unknown', message: '' };
      if (status === 'Current') return [];
      return [`resource ${nameOf(one)} not ready. status: ${status}, message: ${message}`];
    });
  const done = (object: Stored<KubeObject> | undefined, one: Awaited): Readiness => {
    const readiness = read(object);
    seen.set(one, readiness);
    return readiness.status === 'Failed' ? { ...readiness, status: 'Current' } : readiness;
  };
  await waitForObjects(context, awaited, { timeoutMs, done }).catch((error: unknown) => {
    if (!(error instanceof NotReadyError)) throw error;
    throw new NotReadyError([...problems(), deadline].join('\n'), { cause: error });
  });
  const failed = problems();
  if (failed.length > 0) throw new NotReadyError(failed.join('\n'));
}

/** Waits until none is there. Throws in Helm 4's words. */
export async function waitForAbsenceAsHelm4(
  context: ReleaseContext,
  awaited: readonly Awaited[],
  timeoutMs: number,
): Promise<void> {
  const seen = new Map<Awaited, Readiness>();
  const done = (object: Stored<KubeObject> | undefined, one: Awaited): Readiness => {
    if (object === undefined) {
      seen.delete(one);
      return { status: 'Current', message: '' };
    }
    const readiness = kstatusOf(object);
    seen.set(one, readiness);
    return { status: 'InProgress', message: 'is still there' };
  };
  await waitForObjects(context, awaited, { timeoutMs, done }).catch((error: unknown) => {
    if (!(error instanceof NotReadyError)) throw error;
    const problems = [...seen].map(
      ([one, { status, message }]) => `resource ${nameOf(one)} still exists. status: ${status}, message: ${message}`,
    );
    throw new NotReadyError([...problems, deadline].join('\n'), { cause: error });
  });
}

function nameOf({ kind, key }: Awaited): string {
  return `${kind.kind}/${key.namespace ?? ''}/${key.name}`;
}
