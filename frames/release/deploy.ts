import { errorMessage } from '@croft/foundation/errors';
import type { ReleaseRecord } from '@croft/helm/release/record';
import { applyObjects, deleteObjects, removedObjects } from './apply-objects.ts';
import { applyDefinitions } from './definitions.ts';
import { type HookEvent, runHooks } from './hooks.ts';
import { type ResolvedObject, resolveObjects } from './objects.ts';
import { refuseForeignObjects, withOwnership } from './ownership.ts';
import { parseManifest } from './parse-manifest.ts';
import { explainPods } from './pod-trouble.ts';
import { createRecord, deleteRecord, type ReleaseName, readHistory, updateRecord } from './record-store.ts';
import { type ActionOptions, nowText, ReleaseError, withStatus } from './release-context.ts';
import type { RenderedRelease } from './render.ts';
import { awaitedOf, NotReadyError, type WaitContext, waitForObjects } from './wait.ts';

/** The chart with its values, rendered for this very revision of the release. */
export type Render = (revision: number, isUpgrade: boolean) => Promise<RenderedRelease>;

export interface DeployOptions extends ActionOptions {
  release: ReleaseName;
  render: Render;
  /** Of the chart and the values, as the record keeps them. */
  chart: ReleaseRecord['chart'];
  config: ReleaseRecord['config'];
  /** How many records are kept; 0 keeps all. */
  maxHistory: number;
  /** What is done with the chart's CustomResourceDefinitions. */
  crds: 'Skip' | 'Create' | 'CreateReplace';
}

/** Installs the chart as the next revision of a release that is not deployed. Throws ReleaseError when it fails after a record was made. */
export async function installRelease(context: WaitContext, options: DeployOptions): Promise<ReleaseRecord> {
  const history = await readHistory(context.client, options.release);
  const revision = (history.at(-1)?.version ?? 0) + 1;
  const rendered = await options.render(revision, false);
  await applyDefinitions(context, rendered.crds, options.crds, options.timeoutMs);
  const objects = await objectsOf(context, rendered.manifest, options.release);
  await refuseForeignObjects(context.client, objects, options.release);
  const record = newRecord(context, options, rendered, revision, undefined);
  return await deploy(context, options, record, {
    objects,
    before: [],
    hooks: ['pre-install', 'post-install'],
    pending: 'pending-install',
    done: 'Install complete',
    failedAs: 'Release',
  });
}

/** Upgrades from the newest record that is or was deployed. Throws ReleaseError when it fails after a record was made. */
export async function upgradeRelease(context: WaitContext, options: DeployOptions): Promise<ReleaseRecord> {
  const history = await readHistory(context.client, options.release);
  const current = findCurrent(history);
  if (current === undefined) throw new Error(`"${options.release.name}" has no deployed releases`);
  const revision = (history.at(-1)?.version ?? 0) + 1;
  const rendered = await options.render(revision, true);
  await applyDefinitions(context, rendered.crds, options.crds, options.timeoutMs);
  const objects = await objectsOf(context, rendered.manifest, options.release);
  const before = await objectsOf(context, current.manifest, options.release);
  await refuseForeignObjects(context.client, removedObjects(objects, before), options.release);
  const record = newRecord(context, options, rendered, revision, current);
  return await deploy(context, options, record, {
    objects,
    before,
    hooks: ['pre-upgrade', 'post-upgrade'],
    pending: 'pending-upgrade',
    done: 'Upgrade complete',
    failedAs: 'Upgrade',
  });
}

export interface RollbackOptions extends ActionOptions {
  release: ReleaseName;
  /** The revision to go back to; the last one that was deployed well when left out. */
  toRevision?: number;
  maxHistory: number;
}

/** Makes a new revision with the content of an older one. Throws Error when there is none, ReleaseError when it fails. */
export async function rollbackRelease(context: WaitContext, options: RollbackOptions): Promise<ReleaseRecord> {
  const history = await readHistory(context.client, options.release);
  const newest = history.at(-1);
  const target =
    options.toRevision === undefined
      ? findRollbackTarget(history)
      : history.find(({ version }) => version === options.toRevision);
  if (newest === undefined || target === undefined)
    throw new Error(`release: not found: there is no earlier revision of "${options.release.name}" to go back to`);
  const record: ReleaseRecord = {
    ...target,
    version: newest.version + 1,
    hooks: structuredClone(target.hooks ?? []),
    info: {
      ...target.info,
      last_deployed: nowText(context),
      status: 'pending-rollback',
      description: `Rollback to ${target.version}`,
    },
  };
  const objects = await objectsOf(context, target.manifest, options.release);
  const before = await objectsOf(context, newest.manifest, options.release);
  return await deploy(context, options, record, {
    objects,
    before,
    hooks: ['pre-rollback', 'post-rollback'],
    pending: 'pending-rollback',
    done: `Rollback to ${target.version}`,
    failedAs: 'Rollback',
  });
}

/** The newest record that is deployed, or was: the base of an upgrade. */
export function findCurrent(history: readonly ReleaseRecord[]): ReleaseRecord | undefined {
  const byStatus = (...statuses: string[]) => history.findLast(({ info }) => statuses.includes(info.status));
  return byStatus('deployed') ?? byStatus('superseded', 'failed');
}

/** The newest record before the last one that was deployed well. */
export function findRollbackTarget(history: readonly ReleaseRecord[]): ReleaseRecord | undefined {
  return history.slice(0, -1).findLast(({ info }) => info.status === 'deployed' || info.status === 'superseded');
}

function newRecord(
  context: WaitContext,
  options: DeployOptions,
  rendered: RenderedRelease,
  revision: number,
  current: ReleaseRecord | undefined,
): ReleaseRecord {
  const now = nowText(context);
  return {
    name: options.release.name,
    namespace: options.release.namespace,
    version: revision,
    info: {
      first_deployed: current?.info.first_deployed ?? now,
      last_deployed: now,
      deleted: '',
      description: '',
      status: 'unknown',
      notes: rendered.notes,
    },
    chart: options.chart,
    config: options.config,
    manifest: rendered.manifest,
    hooks: rendered.hooks,
  };
}

interface Deployment {
  objects: ResolvedObject[];
  before: ResolvedObject[];
  hooks: [HookEvent, HookEvent];
  pending: 'pending-install' | 'pending-upgrade' | 'pending-rollback';
  done: string;
  failedAs: string;
}

/** The course that install, upgrade and rollback share: record, hooks, apply, delete what is gone, wait, hooks, record. */
async function deploy(
  context: WaitContext,
  options: ActionOptions & { release: ReleaseName; maxHistory: number },
  draft: ReleaseRecord,
  deployment: Deployment,
): Promise<ReleaseRecord> {
  const { client, clock } = context;
  const [beforeHook, afterHook] = deployment.hooks;
  let record = withStatus(draft, deployment.pending, draft.info.description || 'Preparing');
  await createRecord(client, clock, record);
  try {
    await runHooks(context, record, beforeHook, options.timeoutMs);
    await applyObjects(client, deployment.objects);
    const removed = await deleteObjects(client, removedObjects(deployment.before, deployment.objects));
    if (removed.failures.length > 0) throw new Error(removed.failures.join('; '));
    if (options.wait) await waitForAll(context, deployment.objects, options);
    await runHooks(context, record, afterHook, options.timeoutMs);
  } catch (error) {
    record = withStatus(record, 'failed', `${deployment.failedAs} "${record.name}" failed: ${errorMessage(error)}`);
    await updateRecord(client, clock, record);
    throw new ReleaseError(errorMessage(error), record, { cause: error });
  }
  record = withStatus(record, 'deployed', deployment.done);
  await supersedeOlder(context, options, record);
  await updateRecord(client, clock, record);
  return record;
}

async function waitForAll(
  context: WaitContext,
  objects: readonly ResolvedObject[],
  { timeoutMs, onProgress }: ActionOptions,
): Promise<void> {
  const awaited = objects.filter(({ kind }) => kind.kind !== 'Job').map(({ kind, object }) => awaitedOf(kind, object));
  try {
    await waitForObjects(context, awaited, {
      timeoutMs,
      ...(onProgress === undefined ? {} : { onProgress: (waiting) => onProgress(waiting.join('; ')) }),
    });
  } catch (error) {
    if (!(error instanceof NotReadyError)) throw error;
    const causes = await explainPods(context.client, objects);
    throw new NotReadyError([error.message, ...causes].join('; '), { cause: error });
  }
}

async function supersedeOlder(
  context: WaitContext,
  { release, maxHistory }: { release: ReleaseName; maxHistory: number },
  record: ReleaseRecord,
): Promise<void> {
  const older = (await readHistory(context.client, release)).filter(({ version }) => version < record.version);
  for (const item of older) {
    if (item.info.status === 'deployed')
      await updateRecord(context.client, context.clock, withStatus(item, 'superseded', item.info.description));
  }
  if (maxHistory > 0)
    for (const item of older.slice(0, Math.max(0, older.length + 1 - maxHistory)))
      await deleteRecord(context.client, item);
}

async function objectsOf(context: WaitContext, manifest: string, release: ReleaseName): Promise<ResolvedObject[]> {
  const objects = parseManifest(manifest).map((object) => withOwnership(object, release));
  return await resolveObjects(context.client, objects, release.namespace);
}
