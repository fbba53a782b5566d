import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorMessage } from '@croft/foundation/errors';
import type { Dependency } from '@croft/helm/chart/chart';
import { readChart } from '@croft/helm/chart/load';
import { writeChartArchive } from '@croft/helm/chart/write-archive';
import { compareVersions, findVersion } from '@croft/helm/semver/version';
import { archiveUrl } from '../index/fetch-archive.ts';
import { readCachedIndex } from '../local/cached-index.ts';
import { repositoryConnection } from '../local/context.ts';
import { downloadChart, type Verify } from '../local/download-chart.ts';
import { type FoundChart, findChart } from '../local/find-chart.ts';
import { isOci } from '../oci/reference.ts';
import type { DependencySource, Required } from './dependency-source.ts';
import { type DependencyContext, fits, rangeOf } from './lock-versions.ts';

export interface FetchOptions {
  verify: Verify;
  keyring: string;
  tell(line: string): void;
  nowMs: number;
}

/**
 * Fetches the packages of locked dependencies into a folder. Gives them with the versions that local ones turned out to
 * have. Throws when one cannot be had.
 */
export async function fetchDependencies(
  locked: readonly Required[],
  folder: string,
  context: DependencyContext,
  options: FetchOptions,
): Promise<Dependency[]> {
  const done = new Set<string>();
  const fetched: Dependency[] = [];
  for (const { dependency, source } of locked) {
    const { name, repository, version } = dependency;
    if (source.kind === 'charts') {
      options.tell(`Dependency ${name} did not declare a repository. Assuming it exists in the charts directory`);
      await checkLocal(dependency, context);
      fetched.push(dependency);
    } else if (source.kind === 'folder') {
      fetched.push({ ...dependency, version: await packageFolder(source.path, dependency, folder, options.nowMs) });
    } else {
      const key = `${repository} ${name} ${version}`;
      options.tell(`${done.has(key) ? 'Already downloaded' : 'Downloading'} ${name} from repo ${repository}`);
      if (!done.has(key)) await fetchOne(dependency, source, folder, context, options);
      done.add(key);
      fetched.push(dependency);
    }
  }
  return fetched;
}

async function checkLocal(dependency: Dependency, { folder }: DependencyContext): Promise<void> {
  const { name, version: range } = dependency;
  const path = join(folder, 'charts', name);
  const { version } = (
    await readChart(path).catch((error: unknown) => {
      throw new Error(`unable to load chart '${path}': ${errorMessage(error)}`, { cause: error });
    })
  ).metadata;
  if (!fits(rangeOf(dependency), version)) {
    throw new Error(`dependency ${name} at version ${version} does not satisfy the constraint ${range}`);
  }
}

/** Packages a chart that lies beside the one that needs it. */
async function packageFolder(path: string, dependency: Dependency, folder: string, nowMs: number): Promise<string> {
  const chart = await readChart(path);
  const { name, version } = chart.metadata;
  if (!fits(rangeOf(dependency), version)) {
    throw new Error(
      `can't get a valid version for dependency ${dependency.name}: ${path} has ${version}, and ${dependency.version} is required`,
    );
  }
  await writeFile(join(folder, `${name}-${version}.tgz`), writeChartArchive(chart, nowMs));
  return version;
}

async function fetchOne(
  dependency: Dependency,
  source: DependencySource,
  folder: string,
  context: DependencyContext,
  { verify, keyring }: FetchOptions,
): Promise<void> {
  const { name, repository, version } = dependency;
  try {
    const found =
      source.kind === 'repository'
        ? await findInIndex(dependency, source, context)
        : await findChart(`${repository}/${name}`, version, context.access, context.local);
    await downloadChart(found, folder, { verify, keyring, say: context.local.warn });
  } catch (error) {
    throw new Error(`could not download ${name} ${version} from ${repository}: ${errorMessage(error)}`, {
      cause: error,
    });
  }
}

async function findInIndex(
  { name, version: wanted }: Dependency,
  { entry }: DependencySource & { kind: 'repository' },
  { access, local }: DependencyContext,
): Promise<FoundChart> {
  const index = await readCachedIndex(entry.name, local);
  if (!index.names.includes(name)) throw new Error('entry not found');
  for (const version of index.eachVersion(name)) {
    if (version.urls.length === 0 || !isSameVersion(version.metadata.version, wanted)) continue;
    const url = archiveUrl(entry.url, version);
    if (isOci(url)) return await findChart(url, '', access, local);
    const connection = await repositoryConnection(entry, local);
    return { kind: 'http', url, repository: entry.url, connection, digest: version.digest };
  }
  throw new Error('no matching version');
}

function isSameVersion(a: string, b: string): boolean {
  const [left, right] = [findVersion(a), findVersion(b)];
  return left === undefined || right === undefined ? a === b : compareVersions(left, right) === 0;
}
