import { readYaml } from '@croft/encoding/yaml/read';
import { errorMessage } from '@croft/foundation/errors';
import type { ReleaseRecord } from '@croft/helm/release/record';
import { validateReleaseName } from '@croft/helm/release/release-name';
import { sortForRemoval } from '@croft/helm/render/kind-order';
import { type Manifest, sortManifests, splitManifests } from '@croft/helm/render/manifests';
import { hookMethod } from './apply-method.ts';
import { deleteObjects, type Propagation } from './delete-objects.ts';
import { runHooks } from './hooks.ts';
import { buildObjects, type ResolvedObject } from './objects.ts';
import { requireReachable } from './reachable.ts';
import { deleteRecord, noteRecord, ReleaseNotFoundError, readHistory } from './record-store.ts';
import { type ActionOptions, nowText, type ReleaseContext, ReleaseError, withStatus } from './release-context.ts';
import { waitForRemoval } from './wait-for-release.ts';

export interface UninstallOptions extends ActionOptions {
  /** Mark the release as uninstalled, and keep its records. */
  keepHistory?: boolean;
  /** One that does not exist is fine. */
  ignoreNotFound?: boolean;
  /** Leave PersistentVolumeClaims of the manifest where they are, whatever their annotations say. */
  keepVolumes?: boolean;
  /** What becomes of what the objects own; it goes, too, by default. */
  cascade?: Propagation;
  description?: string;
  dryRun?: boolean;
}

/** Removes a release with its objects. Gives what was kept by policy, `[Kind] name` each. Throws ReleaseError, or Error in Helm's words. */
export async function uninstallRelease(context: ReleaseContext, options: UninstallOptions): Promise<string[]> {
  const { client, asHelm } = context;
  const { release, ignoreNotFound = false, keepHistory = false } = options;
  await requireReachable(client, asHelm);
  requireName(release.name, options.dryRun === true);
  const history = await readHistory(client, release);
  const newest = history.at(-1);
  if (newest === undefined) {
    if (ignoreNotFound && (options.dryRun !== true || asHelm !== 3)) return [];
    const error = new ReleaseNotFoundError();
    throw options.dryRun === true
      ? error
      : new Error(`uninstall: Release not loaded: ${release.name}: ${error.message}`);
  }
  if (options.dryRun === true) return [];
  if (newest.info.status === 'uninstalled') {
    if (keepHistory && !ignoreNotFound) throw new Error(`the release named "${release.name}" is already deleted`);
    if (!keepHistory) await purge(context, history);
    return [];
  }
  return await performUninstall(context, options, history, newest);
}

function requireName(name: string, isDryRun: boolean): void {
  try {
    validateReleaseName(name);
  } catch (error) {
    const what = isDryRun ? 'releaseContent' : 'uninstall';
    throw new Error(`${what}: Release name is invalid: ${name}`, { cause: error });
  }
}

async function performUninstall(
  context: ReleaseContext,
  options: UninstallOptions,
  history: readonly ReleaseRecord[],
  newest: ReleaseRecord,
): Promise<string[]> {
  const { timeoutMs, noHooks = false, keepHistory = false, onHookLog } = options;
  const record: ReleaseRecord = {
    ...withStatus(newest, 'uninstalling', 'Deletion in progress (or silently failed)'),
    info: {
      ...newest.info,
      status: 'uninstalling',
      description: 'Deletion in progress (or silently failed)',
      deleted: nowText(context),
    },
  };
  const hook = async (event: 'pre-delete' | 'post-delete') => {
    if (noHooks) return;
    const method = hookMethod(context, true);
    await runHooks(context, record, { timeoutMs, event, method, ...(onHookLog === undefined ? {} : { onHookLog }) });
  };
  await hook('pre-delete');
  await noteRecord(context, record);
  const { objects, kept } = await deleteManifest(context, record, options);
  const problems: string[] = [];
  const attempt = async (act: () => Promise<void>) => {
    await act().catch((error: unknown) => {
      context.signal?.throwIfAborted();
      problems.push(errorMessage(error));
    });
  };
  if (options.wait) await attempt(async () => await waitForRemoval(context, objects, timeoutMs));
  await attempt(async () => await hook('post-delete'));
  const done = withStatus(record, 'uninstalled', options.description || 'Uninstallation complete');
  if (keepHistory) {
    await noteRecord(context, done);
    if (context.asHelm === 4) await supersedeDeployed(context, history.slice(0, -1));
  } else {
    await attempt(async () => {
      await purge(context, history).catch((error: unknown) => {
        throw new Error(`uninstall: Failed to purge the release: ${errorMessage(error)}`, { cause: error });
      });
    });
  }
  if (problems.length > 0) {
    const what = `uninstallation completed with ${problems.length} error(s): ${problems.join('; ')}`;
    throw new ReleaseError(what, done);
  }
  return kept;
}

async function supersedeDeployed(context: ReleaseContext, history: readonly ReleaseRecord[]): Promise<void> {
  for (const record of history) {
    if (record.info.status !== 'deployed') continue;
    await noteRecord(context, withStatus(record, 'superseded', record.info.description));
  }
}

async function purge(context: ReleaseContext, history: readonly ReleaseRecord[]): Promise<void> {
  for (const record of history) await deleteRecord(context, record);
}

async function deleteManifest(
  context: ReleaseContext,
  record: ReleaseRecord,
  options: UninstallOptions,
): Promise<{ objects: ResolvedObject[]; kept: string[] }> {
  const { client, asHelm, log } = context;
  const sorted = sortedForRemoval(record.manifest, asHelm ?? 3);
  const kept = sorted.filter((manifest) => isKept(manifest));
  const doomed = sorted.filter((manifest) => !isKept(manifest) && !(options.keepVolumes && isClaim(manifest)));
  const fail = (problems: readonly string[]) => {
    log.warn('the release could not be deleted', { name: record.name, errors: problems.join('; ') });
    const why = asHelm === undefined ? `: ${problems.join('; ')}` : '';
    return new ReleaseError(`failed to delete release: ${record.name}${why}`, record);
  };
  const text = doomed.map(({ content }) => `\n---\n${content}`).join('');
  const objects = await buildObjects(client, text, record.namespace).catch((error: unknown) => {
    throw fail([`unable to build kubernetes objects for delete: ${errorMessage(error)}`]);
  });
  if (objects.length > 0) {
    const failures = await deleteObjects(context, objects, options.cascade);
    if (failures.length > 0) throw fail(failures);
  }
  return { objects, kept: kept.map(({ kind, name }) => `[${kind}] ${name}`) };
}

function isClaim({ kind }: Manifest): boolean {
  return kind === 'PersistentVolumeClaim';
}

/** The documents of a manifest in the order of removal; those of one kind in the order of their names, as Helm names them. */
function sortedForRemoval(manifest: string, helmVersion: 3 | 4): Manifest[] {
  const documents = splitManifests(manifest, helmVersion);
  const named = documents.map((text, index) => [`manifest-${index}`, text] as const);
  return sortForRemoval(sortManifests(new Map(named), () => {}, helmVersion).manifests, helmVersion);
}

function isKept({ content }: Manifest): boolean {
  const object = readYaml(content);
  const metadata = object instanceof Map ? object.get('metadata') : undefined;
  const annotations = metadata instanceof Map ? metadata.get('annotations') : undefined;
  const policy = annotations instanceof Map ? annotations.get('helm.sh/resource-policy') : undefined;
  return typeof policy === 'string' && policy.trim().toLowerCase() === 'keep';
}
