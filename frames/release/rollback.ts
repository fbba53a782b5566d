import { errorMessage } from '@croft/foundation/errors';
import type { ReleaseRecord } from '@croft/helm/release/record';
import { validateReleaseName } from '@croft/helm/release/release-name';
import { applyMethodField, hookMethod, updateMethod, usesServerSide } from './apply-method.ts';
import { deleteObjects } from './delete-objects.ts';
import { runHooks } from './hooks.ts';
import { buildObjects, type ResolvedObject } from './objects.ts';
import { withOwnership } from './ownership.ts';
import { requireReachable } from './reachable.ts';
import {
  createRecord,
  getRecord,
  noteRecord,
  ReleaseNotFoundError,
  readHistory,
  updateRecord,
} from './record-store.ts';
import { type ActionOptions, nowText, type ReleaseContext, ReleaseError, withStatus } from './release-context.ts';
import { updateObjects } from './update-objects.ts';
import { waitForRelease } from './wait-for-release.ts';
import type { ApplyMethod } from './write-object.ts';

export interface RollbackOptions extends ActionOptions {
  /** The revision to go back to; the one before when left out. */
  toRevision?: number;
  maxHistory?: number;
  /** Replace objects instead of patching them. */
  force?: boolean;
  serverSide?: boolean;
  forceConflicts?: boolean;
  cleanupOnFail?: boolean;
  dryRun?: boolean;
}

/** Makes a new revision with the content of an older one. Gives its record. Throws ReleaseError when it fails after a record was made. */
export async function rollbackRelease(context: ReleaseContext, options: RollbackOptions): Promise<ReleaseRecord> {
  const rollback = await prepareRollback(context, options);
  if (options.dryRun === true) return rollback.draft;
  await createRecord(context, rollback.draft, options.maxHistory ?? 0);
  return await performRollback(context, options, rollback);
}

/** A rollback that is ready to begin. */
export interface Rollback {
  current: ReleaseRecord;
  /** The record that it makes. */
  draft: ReleaseRecord;
  serverSide: boolean;
}

/** Finds out what a rollback goes from and to. Changes nothing. */
export async function prepareRollback(context: ReleaseContext, options: RollbackOptions): Promise<Rollback> {
  const { client, asHelm } = context;
  await requireReachable(client, asHelm);
  const { current, target } = await findTarget(context, options);
  const serverSide = usesServerSide(context, options.serverSide, target);
  const draft: ReleaseRecord = {
    ...target,
    namespace: current.namespace,
    version: current.version + 1,
    hooks: structuredClone(target.hooks),
    info: {
      ...target.info,
      first_deployed: current.info.first_deployed,
      last_deployed: nowText(context),
      deleted: '',
      status: 'pending-rollback',
      description: `Rollback to ${target.version}`,
    },
    ...applyMethodField(context, serverSide),
  };
  return { current, draft, serverSide };
}

async function findTarget({ client, asHelm }: ReleaseContext, { release, toRevision }: RollbackOptions) {
  try {
    validateReleaseName(release.name);
  } catch (error) {
    throw new Error(`prepareRollback: Release name is invalid: ${release.name}`, { cause: error });
  }
  if (toRevision !== undefined && toRevision < 0) throw new Error('invalid release revision');
  const history = await readHistory(client, release);
  const current = history.at(-1);
  if (current === undefined) throw new ReleaseNotFoundError();
  const previous = asHelm === undefined ? findLastGood(history)?.version : current.version - 1;
  const version = toRevision || previous || 0;
  if (!history.some((record) => record.version === version)) throw new Error(`release has no ${version} version`);
  return { current, target: await getRecord(client, release, version) };
}

/** The newest record before the last one that was deployed well. */
function findLastGood(history: readonly ReleaseRecord[]): ReleaseRecord | undefined {
  return history.slice(0, -1).findLast(({ info }) => info.status === 'deployed' || info.status === 'superseded');
}

async function performRollback(context: ReleaseContext, options: RollbackOptions, rollback: Rollback) {
  const { draft, serverSide } = rollback;
  const created: ResolvedObject[] | undefined = options.cleanupOnFail === true ? [] : undefined;
  let stage: Stage = 'hooks';
  try {
    const { before, objects } = await buildRollback(context, rollback);
    const hook = async (event: 'pre-rollback' | 'post-rollback') => {
      if (options.noHooks === true) return;
      await runHooks(context, draft, { ...options, event, method: hookMethod(context, serverSide) });
    };
    await hook('pre-rollback');
    stage = 'objects';
    const method = rollbackMethod(context, options, rollback);
    const written = await updateObjects(context, { original: before, target: objects, method, created });
    stage = 'waiting';
    if (options.wait) await waitForRelease(context, objects, options, written);
    stage = 'hooks';
    await hook('post-rollback');
  } catch (error) {
    return await failRollback(context, rollback, { stage, created, error });
  }
  for (const record of await readHistory(context.client, options.release)) {
    if (record.info.status === 'deployed') {
      await noteRecord(context, withStatus(record, 'superseded', record.info.description));
    }
  }
  const done = withStatus(draft, 'deployed', draft.info.description);
  await updateRecord(context, done);
  return done;
}

/** How objects that are there are changed. Throws on flags that exclude each other. */
export function rollbackMethod(
  context: ReleaseContext,
  options: RollbackOptions,
  { serverSide }: Rollback,
): ApplyMethod {
  return updateMethod(context, serverSide, { ...options, takesOver: context.asHelm === 4 });
}

/** The objects of the newest revision, and those to go back to. */
export async function buildRollback({ client }: ReleaseContext, { current, draft }: Rollback) {
  const build = async ({ manifest, namespace }: ReleaseRecord, which: string) =>
    await buildObjects(client, manifest, namespace).catch((error: unknown) => {
      throw new Error(`unable to build kubernetes objects from ${which} release manifest: ${errorMessage(error)}`, {
        cause: error,
      });
    });
  const before = await build(current, 'current');
  const target = await build(draft, 'new');
  return { before, objects: target.map((resolved) => withOwnership(resolved, draft)) };
}

/** Helm leaves a release whose hook failed as it is: pending. */
type Stage = 'hooks' | 'objects' | 'waiting';

interface Failure {
  stage: Stage;
  created: readonly ResolvedObject[] | undefined;
  error: unknown;
}

async function failRollback(
  context: ReleaseContext,
  { current, draft }: Rollback,
  { stage, created, error }: Failure,
): Promise<never> {
  const why = errorMessage(error);
  if (stage === 'hooks' && context.asHelm !== undefined) throw new ReleaseError(why, draft, { cause: error });
  const what = stage === 'waiting' ? 'Release' : 'Rollback';
  const failed = withStatus(draft, 'failed', `${what} "${draft.name}" failed: ${why}`);
  const isSuperseded = stage === 'objects' && context.asHelm !== undefined;
  const { status, description } = current.info;
  await noteRecord(context, withStatus(current, isSuperseded ? 'superseded' : status, description));
  await noteRecord(context, failed);
  if (stage === 'waiting' && context.asHelm !== undefined) {
    throw new ReleaseError(`release ${draft.name} failed: ${why}`, failed, { cause: error });
  }
  if (created !== undefined && stage === 'objects') {
    const failures = await deleteObjects(context, created);
    if (failures.length > 0) {
      const both = `an error occurred while cleaning up resources. original rollback error: ${why}: unable to cleanup resources: ${failures.join(', ')}`;
      throw new ReleaseError(both, failed, { cause: error });
    }
  }
  throw new ReleaseError(why, failed, { cause: error });
}
