import { errorMessage } from '@croft/foundation/errors';
import type { ReleaseRecord } from '@croft/helm/release/record';
import { validateReleaseName } from '@croft/helm/release/release-name';
import { applyMethodField, createMethod, hookMethod, updateMethod, usesServerSide } from './apply-method.ts';
import { applyChartCrds } from './chart-crds.ts';
import { deleteObjects } from './delete-objects.ts';
import type { UpgradeOptions } from './deploy-options.ts';
import { runHooks } from './hooks.ts';
import { requireOwnLabels } from './install.ts';
import { buildObjects, type ResolvedObject } from './objects.ts';
import { adoptObjects, withOwnership } from './ownership.ts';
import { requireReachable } from './reachable.ts';
import { createRecord, noteRecord, readHistory, updateRecord } from './record-store.ts';
import { nowText, type ReleaseContext, ReleaseError, uninterrupted, withStatus } from './release-context.ts';
import { renderRelease } from './render.ts';
import { configOf, markDeleted, reuseValues } from './reuse-values.ts';
import { rollbackRelease } from './rollback.ts';
import { updateObjects } from './update-objects.ts';
import { waitForRelease } from './wait-for-release.ts';
import type { ApplyMethod } from './write-object.ts';

/**
 * Upgrades a release from its deployed revision, or the last one that failed. Gives the new record. Throws ReleaseError when it
 * fails after a record was made, Error before; in Helm's words.
 */
export async function upgradeRelease(context: ReleaseContext, options: UpgradeOptions): Promise<ReleaseRecord> {
  const upgrade = await prepareUpgrade(context, options);
  const { draft } = upgrade;
  if (options.dryRun !== undefined) {
    return withStatus(draft, 'pending-upgrade', options.description || 'Dry run complete');
  }
  await createRecord(context, draft, options.maxHistory ?? 0);
  const created: ResolvedObject[] | undefined = options.cleanupOnFail === true ? [] : undefined;
  try {
    return await performUpgrade(context, options, upgrade, created);
  } catch (error) {
    return await failUpgrade(context, options, draft, created, error);
  }
}

/** An upgrade that is ready to begin. */
export interface Upgrade {
  /** The record that it makes. */
  draft: ReleaseRecord;
  /** The one that it starts from. */
  current: ReleaseRecord;
  objects: ResolvedObject[];
  before: ResolvedObject[];
  serverSide: boolean;
}

/** Renders an upgrade and finds out what it goes from and to. Changes nothing but CRDs, and not those in a dry run. */
export async function prepareUpgrade(context: ReleaseContext, options: UpgradeOptions): Promise<Upgrade> {
  const { client, asHelm } = context;
  await requireReachable(client, asHelm);
  requireName(options.release.name);
  const { last, current: base } = findBase(await readHistory(client, options.release), options.release.name);
  const serverSide = usesServerSide(context, options.serverSide, last);
  const draft = await draftUpgrade(context, options, { last, current: base, serverSide });
  const current = asReused(context, options, base);
  await buildObjects(client, draft.manifest, draft.namespace);
  const both = await buildBoth(context, options, current, draft);
  return { draft, current, ...both, serverSide };
}

/** How objects that are there are changed. Throws on flags that exclude each other. */
export function upgradeMethod(context: ReleaseContext, options: UpgradeOptions, upgrade: Upgrade): ApplyMethod {
  const { current, serverSide } = upgrade;
  const takesOver = context.asHelm === 4 && serverSide && current.apply_method !== 'ssa';
  return updateMethod(context, serverSide, { ...options, takesOver });
}

function requireName(name: string): void {
  try {
    validateReleaseName(name);
  } catch (error) {
    throw new Error(`release name is invalid: ${name}`, { cause: error });
  }
}

interface Base {
  last: ReleaseRecord;
  /** What is upgraded from. */
  current: ReleaseRecord;
}

/** The newest record, and the one to upgrade from: what is deployed, or else what was or failed. */
function findBase(history: readonly ReleaseRecord[], name: string): Base {
  const last = history.at(-1);
  if (last?.info.status.startsWith('pending-')) {
    throw new Error('another operation (install/upgrade/rollback) is in progress');
  }
  const deployed = history.findLast(({ info }) => info.status === 'deployed');
  const isUsable = last?.info.status === 'failed' || last?.info.status === 'superseded';
  const current = deployed ?? (isUsable ? last : undefined);
  if (last === undefined || current === undefined) throw new Error(`"${name}" has no deployed releases`);
  return { last, current };
}

/** The record of the release before, as it is stored again. */
function asReused({ asHelm }: ReleaseContext, { reuse, values }: UpgradeOptions, record: ReleaseRecord): ReleaseRecord {
  const isMerged = asHelm === 4 && (reuse === 'below-given' || reuse === 'with-old-defaults');
  return isMerged ? { ...record, config: markDeleted(values, record.config) } : record;
}

async function draftUpgrade(
  context: ReleaseContext,
  options: UpgradeOptions,
  { last, current, serverSide }: Base & { serverSide: boolean },
): Promise<ReleaseRecord> {
  const { client, asHelm } = context;
  const { reuse = 'none', dryRun, labels = {}, crds = 'Skip' } = options;
  const helmVersion = asHelm ?? 3;
  const { chart, values } = reuseValues(reuse, options.chart, options.values, current, helmVersion);
  const { name, namespace } = current;
  const version = last.version + 1;
  if (dryRun === undefined) {
    const method = createMethod(context, serverSide);
    await applyChartCrds(context, { chart, values, policy: crds, method, namespace });
  }
  const release = { name, namespace, revision: version, isInstall: false, isUpgrade: true };
  const noLookup = dryRun === 'client';
  const rendered = await renderRelease(client, { ...options, chart, values, release, helmVersion, noLookup });
  requireOwnLabels(labels);
  return {
    name,
    namespace,
    version,
    info: {
      first_deployed: current.info.first_deployed,
      last_deployed: nowText(context),
      deleted: '',
      description: 'Preparing upgrade',
      status: 'pending-upgrade',
      ...(rendered.notes === '' ? {} : { notes: rendered.notes }),
    },
    chart: rendered.chart,
    config: configOf(values),
    manifest: rendered.manifest,
    hooks: rendered.hooks,
    labels: mergeLabels(last.labels ?? {}, labels),
    ...applyMethodField(context, serverSide),
  };
}

/** `null` takes a label away. */
function mergeLabels(before: Record<string, string>, given: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries({ ...before, ...given }).filter(([, value]) => value !== 'null'));
}

/** The objects of both manifests; those that are adopted count as held before. */
async function buildBoth(
  { client, asHelm }: ReleaseContext,
  { release, takeOwnership = false }: UpgradeOptions,
  current: ReleaseRecord,
  { manifest, name, namespace }: ReleaseRecord,
): Promise<{ objects: ResolvedObject[]; before: ResolvedObject[] }> {
  const build = async (text: string, which: string) =>
    await buildObjects(client, text, namespace).catch((error: unknown) => {
      throw new Error(`unable to build kubernetes objects from ${which} release manifest: ${errorMessage(error)}`, {
        cause: error,
      });
    });
  const before = await build(current.manifest, 'current');
  const objects = (await build(manifest, 'new')).map((resolved) => withOwnership(resolved, { name, namespace }));
  const known = new Set(before.map(exactId));
  const added = objects.filter((resolved) => !known.has(exactId(resolved)));
  try {
    return { objects, before: [...before, ...(await adoptObjects(client, added, release, takeOwnership))] };
  } catch (error) {
    throw new Error(`${asHelm === 4 ? 'u' : 'U'}nable to continue with update: ${errorMessage(error)}`, {
      cause: error,
    });
  }
}

/** With the version: an object in another version counts as another one here. */
function exactId({ kind, object }: ResolvedObject): string {
  return [object.apiVersion, kind.kind, object.metadata?.namespace, object.metadata?.name].join('/');
}

async function performUpgrade(
  context: ReleaseContext,
  options: UpgradeOptions,
  upgrade: Upgrade,
  created: ResolvedObject[] | undefined,
): Promise<ReleaseRecord> {
  const { draft, current, objects, before, serverSide } = upgrade;
  const hook = async (event: 'pre-upgrade' | 'post-upgrade') => {
    if (options.noHooks === true) return;
    await runHooks(context, draft, { ...options, event, method: hookMethod(context, serverSide) }).catch(
      (error: unknown) => {
        if (context.asHelm === undefined) throw error;
        throw new Error(`${event} hooks failed: ${errorMessage(error)}`, { cause: error });
      },
    );
  };
  await hook('pre-upgrade');
  try {
    const method = upgradeMethod(context, options, upgrade);
    const written = await updateObjects(context, { original: before, target: objects, method, created });
    if (options.wait) await waitForRelease(context, objects, options, written);
  } catch (error) {
    if (context.asHelm !== undefined) await noteRecord(context, current);
    throw error;
  }
  await hook('post-upgrade');
  await noteRecord(context, withStatus(current, 'superseded', current.info.description));
  const done = withStatus(draft, 'deployed', options.description || 'Upgrade complete');
  await updateRecord(context, done);
  return done;
}

async function failUpgrade(
  context: ReleaseContext,
  options: UpgradeOptions,
  draft: ReleaseRecord,
  created: readonly ResolvedObject[] | undefined,
  error: unknown,
): Promise<never> {
  const why = errorMessage(error);
  const failed = withStatus(draft, 'failed', `Upgrade "${draft.name}" failed: ${why}`);
  const fail = (...parts: string[]) => new ReleaseError(parts.join(': '), failed, { cause: error });
  await noteRecord(context, failed);
  if (created !== undefined && created.length > 0) {
    const failures = await deleteObjects(context, created);
    if (failures.length > 0) {
      const what = 'an error occurred while cleaning up resources. original upgrade error';
      throw fail(what, why, `unable to cleanup resources: ${failures.join(', ')}`);
    }
  }
  if (options.rollbackOnFailure !== true) throw fail(why);
  const history = await readHistory(context.client, options.release);
  const good = history.findLast(({ info }) => info.status === 'superseded' || info.status === 'deployed');
  if (good === undefined) {
    throw fail(
      'unable to find a previously successful release when attempting to rollback. original upgrade error',
      why,
    );
  }
  try {
    const { maxHistory: _, dryRun: __, cleanupOnFail: ___, ...rest } = options;
    const wait = context.asHelm === 3 || options.wait;
    await rollbackRelease(uninterrupted(context), { ...rest, wait, toRevision: good.version });
  } catch (problem) {
    throw fail('an error occurred while rolling back the release. original upgrade error', why, errorMessage(problem));
  }
  const flag = context.asHelm === 4 ? 'rollback-on-failure' : 'atomic';
  throw fail(`release ${draft.name} failed, and has been rolled back due to ${flag} being set`, why);
}
