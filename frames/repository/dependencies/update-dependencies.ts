import { lstat, mkdtemp, readlink, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorMessage, hasErrorCode } from '@croft/foundation/errors';
import { writeFileAtomic } from '@croft/foundation/files';
import type { Chart, Dependency } from '@croft/helm/chart/chart';
import { readChart } from '@croft/helm/chart/load';
import { renderLock } from '@croft/helm/chart/write-archive';
import { isSameUrl } from '../index/resolve-url.ts';
import { readRepositories } from '../local/repositories-file.ts';
import { updateIndexes } from '../local/update-indexes.ts';
import { findSources, type Required } from './dependency-source.ts';
import { type FetchOptions, fetchDependencies } from './fetch-dependencies.ts';
import { lockDigest, oldLockDigest } from './lock-digest.ts';
import { type DependencyContext, lockVersions } from './lock-versions.ts';
import { placeDependencies } from './place-dependencies.ts';

export interface DependencyOptions extends FetchOptions {
  /** Indexes are taken as they are in the cache. */
  skipRefresh: boolean;
}

/**
 * Brings `charts/` to what Chart.yaml requires, in the newest versions that fit, and writes Chart.lock, as `helm dependency
 * update`. When a dependency cannot be had, everything stays as it was. Throws in Helm's words.
 */
export async function updateDependencies(context: DependencyContext, options: DependencyOptions): Promise<void> {
  const chart = await loadFolder(context, options);
  const dependencies = present(chart.metadata.dependencies);
  if (dependencies === undefined) return;
  const repositories = (await readRepositories(context.local.settings.repositoryConfig))?.repositories ?? [];
  const required = await findSources(dependencies, repositories, context.folder);
  if (!options.skipRefresh) {
    await refreshUnnamed(required, context, options);
    await refreshAdded(context, options);
  }
  const locked = await lockVersions(required, context);
  const fetched = await fetchAll(withSources(locked, required), context, options);
  const digest = lockDigest(
    required.map(({ dependency }) => dependency),
    fetched,
  );
  if (chart.lock?.digest === digest) return;
  const generated = new Date(options.nowMs).toISOString();
  await writeLock(context.folder, chart, renderLock({ generated, digest, dependencies: fetched }));
}

/**
 * Brings `charts/` to what Chart.lock says, as `helm dependency build`; without a lock as updateDependencies. Throws in
 * Helm's words, also when the lock does not belong to Chart.yaml.
 */
export async function buildDependencies(context: DependencyContext, options: DependencyOptions): Promise<void> {
  const chart = await loadFolder(context, options);
  if (chart.lock === undefined) return await updateDependencies(context, options);
  const dependencies = present(chart.metadata.dependencies) ?? [];
  const locked = present(chart.lock.dependencies) ?? [];
  const repositories = (await readRepositories(context.local.settings.repositoryConfig))?.repositories ?? [];
  const required = await findSources(dependencies, repositories, context.folder);
  checkLock(chart, dependencies, required, locked);
  const sources = await findSources(locked, repositories, context.folder);
  const unknown = sources.flatMap(({ dependency, source }) =>
    source.kind === 'repository' && !source.added ? [dependency.repository] : [],
  );
  if (unknown.length > 0) {
    throw new Error(
      `no repository definition for ${unknown.join(', ')}. Please add the missing repos via 'helm repo add'`,
    );
  }
  if (!options.skipRefresh) await refreshAdded(context, options);
  await fetchAll(sources, context, options);
}

async function loadFolder({ folder }: DependencyContext, { tell }: DependencyOptions): Promise<Chart> {
  const info = await stat(folder).catch((error: unknown) => {
    const problem = hasErrorCode(error, 'ENOENT') ? `stat ${folder}: no such file or directory` : errorMessage(error);
    throw new Error(`could not find ${folder}: ${problem}`, { cause: error });
  });
  if (!info.isDirectory()) throw new Error('only unpacked charts can be updated');
  return await readChart(folder, tell);
}

function present(dependencies: readonly (Dependency | null)[] | undefined): Dependency[] | undefined {
  return dependencies?.filter((dependency) => dependency !== null);
}

function withSources(locked: readonly Dependency[], required: readonly Required[]): Required[] {
  return locked.flatMap((dependency, i) => {
    const source = required[i]?.source;
    return source === undefined ? [] : [{ dependency, source }];
  });
}

function checkLock(
  { metadata, lock }: Chart,
  dependencies: readonly Dependency[],
  required: readonly Required[],
  locked: readonly Dependency[],
): void {
  const digest = lockDigest(
    required.map(({ dependency }) => dependency),
    locked,
  );
  if (digest === lock?.digest) return;
  const isOld = metadata.apiVersion === 'v1';
  if (isOld && oldLockDigest(dependencies) === lock?.digest) return;
  const [lockFile, file] = isOld ? ['requirements.lock', 'requirements.yaml'] : ['Chart.lock', 'Chart.yaml'];
  throw new Error(
    `the lock file (${lockFile}) is out of sync with the dependencies file (${file}). Please update the dependencies`,
  );
}

async function refreshUnnamed(
  required: readonly Required[],
  { local }: DependencyContext,
  { tell }: DependencyOptions,
): Promise<void> {
  const entries = required.flatMap(({ source }) =>
    source.kind === 'repository' && !source.added ? [source.entry] : [],
  );
  const unique = entries.filter((entry, i) => entries.findIndex(({ url }) => isSameUrl(url, entry.url)) === i);
  if (unique.length === 0) return;
  tell('Getting updates for unmanaged Helm repositories...');
  await updateIndexes(unique, tell, local);
}

async function refreshAdded({ local }: DependencyContext, { tell }: DependencyOptions): Promise<void> {
  const entries = (await readRepositories(local.settings.repositoryConfig))?.repositories ?? [];
  if (entries.length === 0) return;
  tell('Hang tight while we grab the latest from your chart repositories...');
  await updateIndexes(entries, tell, local);
  tell('Update Complete. ⎈Happy Helming!⎈');
}

async function fetchAll(
  locked: readonly Required[],
  context: DependencyContext,
  options: DependencyOptions,
): Promise<Dependency[]> {
  options.tell(`Saving ${locked.length} charts`);
  const temporary = await mkdtemp(join(context.folder, 'tmpcharts-'));
  try {
    const fetched = await fetchDependencies(locked, temporary, context, options);
    await placeDependencies(fetched, temporary, join(context.folder, 'charts'), options.tell);
    return fetched;
  } catch (error) {
    options.tell(`Save error occurred:  ${errorMessage(error)}`);
    throw error;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function writeLock(folder: string, { metadata }: Chart, text: string): Promise<void> {
  const name = metadata.apiVersion === 'v1' ? 'requirements.lock' : 'Chart.lock';
  const path = join(folder, name);
  const info = await lstat(path).catch((error: unknown) => {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  });
  if (info?.isSymbolicLink() === true) throw new Error(`the ${name} file is a symlink to "${await readlink(path)}"`);
  await writeFileAtomic(path, text, 0o644);
}
