import type { Kind } from '@croft/api/kind';
import { namespaces } from '@croft/api/kinds';
import type { UnknownObject } from '@croft/api/object';
import { isAlreadyExists } from '@croft/api/status';
import { errorMessage } from '@croft/foundation/errors';
import type { ReleaseRecord } from '@croft/helm/release/record';
import { validateReleaseName } from '@croft/helm/release/release-name';
import { applyMethodField, createMethod, hookMethod, updateMethod, usesServerSide } from './apply-method.ts';
import { CombinedError } from './batches.ts';
import { applyChartCrds } from './chart-crds.ts';
import { createObjects } from './create-objects.ts';
import type { InstallOptions } from './deploy-options.ts';
import { runHooks } from './hooks.ts';
import { buildObjects, type ResolvedObject } from './objects.ts';
import { adoptObjects, withOwnership } from './ownership.ts';
import { requireReachable } from './reachable.ts';
import { createRecord, noteRecord, readHistory, systemLabels, updateRecord } from './record-store.ts';
import { nowText, type ReleaseContext, ReleaseError, uninterrupted, withStatus } from './release-context.ts';
import { renderRelease } from './render.ts';
import { configOf } from './reuse-values.ts';
import { uninstallRelease } from './uninstall.ts';
import { updateObjects } from './update-objects.ts';
import { waitForRelease } from './wait-for-release.ts';

/**
 * Installs a chart as a release whose name is free. Gives its record. Throws ReleaseError when it fails after a record was
 * made, Error before; in Helm's words.
 */
export async function installRelease(context: ReleaseContext, options: InstallOptions): Promise<ReleaseRecord> {
  const { client, asHelm } = context;
  // Helm 4 asks nothing of a cluster that it is to leave alone.
  const offline = asHelm === 4 && options.dryRun === 'client';
  if (!offline) await requireReachable(client, asHelm);
  await requireFreeName(context, options);
  const serverSide = usesServerSide(context, options.serverSide);
  const { chart, values, release, crds: policy = 'Create' } = options;
  if (options.dryRun === undefined) {
    const method = createMethod(context, serverSide, options.forceConflicts);
    await applyChartCrds(context, { chart, values, policy, method, namespace: release.namespace });
  }
  const draft = await draftRelease(context, options, serverSide, offline);
  if (offline) return withStatus(draft, 'pending-install', 'Dry run complete');
  const objects = await buildTarget(context, draft.manifest, options);
  const adopted = takesAll(context, options, serverSide) ? [] : await adopt(context, objects, options);
  if (options.dryRun !== undefined) return withStatus(draft, 'pending-install', 'Dry run complete');
  if (options.createNamespace === true) await createNamespace(context, release.namespace, serverSide);
  const record = await recordDraft(context, options, draft);
  try {
    return await performInstall(context, options, { record, objects, adopted, serverSide });
  } catch (error) {
    return await failInstall(context, options, record, error);
  }
}

async function requireFreeName(
  { client, asHelm }: ReleaseContext,
  { release, replace, dryRun }: InstallOptions,
): Promise<void> {
  validateReleaseName(release.name, asHelm ?? 3);
  if (dryRun !== undefined) return;
  const status = (await readHistory(client, release)).at(-1)?.info.status;
  if (status === undefined || (replace === true && (status === 'uninstalled' || status === 'failed'))) return;
  throw new Error(
    asHelm === 4
      ? 'release name check failed: cannot reuse a name that is still in use'
      : 'cannot re-use a name that is still in use',
  );
}

/** The record of the first revision, rendered, with nothing done yet. */
async function draftRelease(
  context: ReleaseContext,
  options: InstallOptions,
  serverSide: boolean,
  offline: boolean,
): Promise<ReleaseRecord> {
  const { release, values, dryRun, labels = {} } = options;
  const revision = { ...release, revision: 1, isInstall: true, isUpgrade: false };
  const rendered = await renderRelease(context.client, {
    ...options,
    release: revision,
    helmVersion: context.asHelm ?? 3,
    noLookup: dryRun === 'client',
    offline,
  });
  requireOwnLabels(labels);
  const now = nowText(context);
  return {
    ...release,
    version: 1,
    info: {
      first_deployed: now,
      last_deployed: now,
      deleted: '',
      description: 'Initial install underway',
      status: 'pending-install',
      ...(rendered.notes === '' ? {} : { notes: rendered.notes }),
    },
    chart: rendered.chart,
    config: configOf(values),
    manifest: rendered.manifest,
    hooks: rendered.hooks,
    labels: { ...labels },
    ...applyMethodField(context, serverSide),
  };
}

/** Throws when labels have names that Helm itself uses. */
export function requireOwnLabels(labels: Readonly<Record<string, string>>): void {
  if (!systemLabels.some((label) => Object.hasOwn(labels, label))) return;
  throw new Error(
    `user supplied labels contains system reserved label name. System labels: [${systemLabels.join(' ')}]`,
  );
}

async function buildTarget(
  { client }: ReleaseContext,
  manifest: string,
  { release }: InstallOptions,
): Promise<ResolvedObject[]> {
  try {
    const objects = await buildObjects(client, manifest, release.namespace);
    return objects.map((resolved) => withOwnership(resolved, release));
  } catch (error) {
    throw new Error(`unable to build kubernetes objects from release manifest: ${errorMessage(error)}`, {
      cause: error,
    });
  }
}

/** A server-side apply takes over whatever is there: nobody need look before. */
function takesAll({ asHelm }: ReleaseContext, { takeOwnership, dryRun }: InstallOptions, serverSide: boolean): boolean {
  return asHelm === undefined && serverSide && takeOwnership === true && dryRun === undefined;
}

async function adopt(
  { client, asHelm }: ReleaseContext,
  objects: readonly ResolvedObject[],
  { release, takeOwnership = false }: InstallOptions,
): Promise<ResolvedObject[]> {
  try {
    return await adoptObjects(client, objects, release, takeOwnership);
  } catch (error) {
    throw new Error(`${asHelm === 4 ? 'u' : 'U'}nable to continue with install: ${errorMessage(error)}`, {
      cause: error,
    });
  }
}

async function createNamespace(context: ReleaseContext, name: string, serverSide: boolean): Promise<void> {
  const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { name } } };
  const kind = namespaces as Kind as Kind<UnknownObject>;
  try {
    const method = context.asHelm === undefined ? { by: 'patch' as const } : createMethod(context, serverSide);
    await createObjects(context, [{ kind, object }], method);
  } catch (error) {
    if (!isAlreadyExists(error instanceof CombinedError ? error.errors[0] : error)) throw error;
  }
}

/** Stores the record, after the newest one of that name where it is replaced. */
async function recordDraft(
  context: ReleaseContext,
  { release, replace, maxHistory = 0 }: InstallOptions,
  draft: ReleaseRecord,
): Promise<ReleaseRecord> {
  const last = replace === true ? (await readHistory(context.client, release)).at(-1) : undefined;
  const record = last === undefined ? draft : { ...draft, version: last.version + 1 };
  if (last !== undefined && last.info.status !== 'failed') {
    await updateRecord(context, withStatus(last, 'superseded', 'superseded by new release'));
  }
  await createRecord(context, record, maxHistory);
  return record;
}

interface Installation {
  record: ReleaseRecord;
  objects: ResolvedObject[];
  adopted: ResolvedObject[];
  serverSide: boolean;
}

async function performInstall(
  context: ReleaseContext,
  options: InstallOptions,
  { record, objects, adopted, serverSide }: Installation,
): Promise<ReleaseRecord> {
  const hook = async (event: 'pre-install' | 'post-install') => {
    if (options.noHooks === true) return;
    await runHooks(context, record, { ...options, event, method: hookMethod(context, serverSide) }).catch(
      (error: unknown) => {
        if (context.asHelm === undefined) throw error;
        throw new Error(`failed ${event}: ${errorMessage(error)}`, { cause: error });
      },
    );
  };
  await hook('pre-install');
  const written = await writeObjects(context, options, { objects, adopted, serverSide });
  if (options.wait) await waitForRelease(context, objects, options, written);
  await hook('post-install');
  const done = withStatus(record, 'deployed', options.description || 'Install complete');
  await noteRecord(context, done);
  return done;
}

async function writeObjects(
  context: ReleaseContext,
  options: InstallOptions,
  { objects, adopted, serverSide }: Omit<Installation, 'record'>,
): Promise<UnknownObject[]> {
  if (adopted.length === 0) return await createObjects(context, objects, createMethod(context, serverSide));
  const threeWay = options.takeOwnership === true;
  const method = updateMethod(context, serverSide, { ...options, threeWay, takesOver: context.asHelm === 4 });
  return await updateObjects(context, { original: adopted, target: objects, method });
}

async function failInstall(
  context: ReleaseContext,
  options: InstallOptions,
  record: ReleaseRecord,
  error: unknown,
): Promise<never> {
  const why = errorMessage(error);
  const failed = withStatus(record, 'failed', `Release "${record.name}" failed: ${why}`);
  if (options.rollbackOnFailure !== true) {
    await noteRecord(context, failed);
    throw new ReleaseError(why, failed, { cause: error });
  }
  const { release, timeoutMs, noHooks = false } = options;
  try {
    await uninstallRelease(uninterrupted(context), {
      release,
      timeoutMs,
      noHooks,
      wait: context.asHelm !== 3 && options.wait,
    });
  } catch (problem) {
    const both = [
      `an error occurred while uninstalling the release. original install error: ${why}`,
      errorMessage(problem),
    ];
    throw new ReleaseError(both.join(': '), failed, { cause: error });
  }
  const flag = context.asHelm === 4 ? 'rollback-on-failure' : 'atomic';
  throw new ReleaseError(
    `release ${record.name} failed, and has been uninstalled due to ${flag} being set: ${why}`,
    failed,
    { cause: error },
  );
}
